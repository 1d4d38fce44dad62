// An excerpt: the outbox and the inbox of engines.
// …

::bindery::__private::outbox!(engine::Default);

::bindery::__private::outbox!(engine::Lite);

::bindery::__private::outbox!(engine::M);

::bindery::__private::inbox!(engine::Default);

::bindery::__private::inbox!(engine::Lite);

::bindery::__private::inbox!(engine::M);

::bindery::__private::workers!(Databases);

static PROGRAM: ::bindery::__private::Program = ::bindery::__private::Program {
    engines: &[
        ::bindery::__private::EngineInfo {
            name: "default",
            dialect: ::bindery::Dialect::Postgres,
            flavour: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: &[],
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: "lite",
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: &[::bindery::__private::Keeps::Decisions],
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: "m",
            dialect: ::bindery::Dialect::Mysql,
            flavour: ::core::option::Option::Some(::bindery::dialect::Flavour::Mariadb),
            outbox: true,
            inbox: true,
            keeps: &[],
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: "plain",
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            outbox: false,
            inbox: false,
            keeps: &[],
            head: ::core::option::Option::None,
        },
    ],
    models: &[model::User::INFO, model::Effect::INFO, model::Task::INFO],
    configured: true,
};
