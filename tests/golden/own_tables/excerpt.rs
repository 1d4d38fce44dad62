// An excerpt: bindery's own tables that each engine needs.
// …

static PROGRAM: ::bindery::__private::Program = ::bindery::__private::Program {
    engines: ::std::borrow::Cow::Borrowed(&[
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("default"),
            dialect: ::bindery::Dialect::Postgres,
            flavour: ::core::option::Option::None,
            cluster: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: ::std::borrow::Cow::Borrowed(&[
                ::bindery::__private::Keeps::Decisions,
                ::bindery::__private::Keeps::SagaLog,
            ]),
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("lite"),
            dialect: ::bindery::Dialect::Sqlite,
            flavour: ::core::option::Option::None,
            cluster: ::core::option::Option::None,
            outbox: true,
            inbox: false,
            keeps: ::std::borrow::Cow::Borrowed(&[
                ::bindery::__private::Keeps::Syncs,
                ::bindery::__private::Keeps::SagaLog,
            ]),
            head: ::core::option::Option::None,
        },
        ::bindery::__private::EngineInfo {
            name: ::std::borrow::Cow::Borrowed("m"),
            dialect: ::bindery::Dialect::Mysql,
            flavour: ::core::option::Option::Some(::bindery::dialect::Flavour::Mariadb),
            cluster: ::core::option::Option::None,
            outbox: true,
            inbox: true,
            keeps: ::std::borrow::Cow::Borrowed(&[
                ::bindery::__private::Keeps::Decisions,
                ::bindery::__private::Keeps::Syncs,
                ::bindery::__private::Keeps::SagaSteps,
            ]),
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
        model::Note::INFO,
        model::Order::INFO,
    ]),
    configured: true,
};
