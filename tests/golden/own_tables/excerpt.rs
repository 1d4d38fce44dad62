// An excerpt: bindery's own tables that each engine needs.
// …

static PROGRAM: ::bindery::__private::Program = ::bindery::__private::Program {
    engines: &[
        ::bindery::__private::EngineInfo {
            name: "default",
            dialect: ::bindery::Dialect::Postgres,
            flavour: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: &[
                ::bindery::__private::Keeps::Decisions,
                ::bindery::__private::Keeps::SagaLog,
            ],
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: "lite",
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            outbox: true,
            inbox: false,
            keeps: &[
                ::bindery::__private::Keeps::Syncs,
                ::bindery::__private::Keeps::SagaLog,
            ],
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: "m",
            dialect: ::bindery::Dialect::Mysql,
            flavour: ::core::option::Option::Some(::bindery::dialect::Flavour::Mariadb),
            outbox: true,
            inbox: true,
            keeps: &[
                ::bindery::__private::Keeps::Decisions,
                ::bindery::__private::Keeps::Syncs,
                ::bindery::__private::Keeps::SagaSteps,
            ],
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
    models: &[model::User::INFO, model::Note::INFO, model::Order::INFO],
    configured: true,
};
