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
    engines: ::std::borrow::Cow::Borrowed(&[
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("default"),
            dialect: ::bindery::Dialect::Postgres,
            flavour: ::core::option::Option::None,
            cluster: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: ::std::borrow::Cow::Borrowed(&[]),
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("lite"),
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            cluster: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: ::std::borrow::Cow::Borrowed(&[::bindery::__private::Keeps::Decisions]),
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("m"),
            dialect: ::bindery::Dialect::Mysql,
            flavour: ::core::option::Option::Some(::bindery::dialect::Flavour::Mariadb),
            cluster: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: ::std::borrow::Cow::Borrowed(&[]),
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("plain"),
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            cluster: ::core::option::Option::None,
            outbox: false,
            inbox: false,
            keeps: ::std::borrow::Cow::Borrowed(&[]),
            head: ::core::option::Option::None,
        },
    ]),
    models: ::bindery::__private::List::Static(&[
        model::User::INFO,
        model::Effect::INFO,
        model::Task::INFO,
    ]),
    configured: true,
};
