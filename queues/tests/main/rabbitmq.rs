//! The queue in RabbitMQ.

crate::brokers::broker!(RabbitMqQueue, "amqp", Broker::rabbitmq_with_tls_or_skip);
