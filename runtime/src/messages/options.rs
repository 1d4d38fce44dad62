//! The options that relays and consumers share: those of a worker.

/// Methods that hand an option on to the worker.
macro_rules! worker_options {
    ($type:ident) => {
        impl<D: GeneratedDatabases> $type<D> {
            /// The number of events that are handled at a time: 4 otherwise, at least 1. Those of one row are handled one after the other.
            pub fn threads(mut self, threads: usize) -> Self {
                self.worker = self.worker.threads(threads);
                self
            }

            /// The number of events that are claimed at a time, at most: from 1 to 500. Otherwise up to 100, and more and more up to 500 while all of
            /// these are begun within a tenth of a second.
            pub fn batch(mut self, events: usize) -> Self {
                self.worker = self.worker.batch(events);
                self
            }

            /// For how long claimed events are left to this process: a minute otherwise. It is renewed while it is there.
            pub fn lease(mut self, lease: Duration) -> Self {
                self.worker = self.worker.lease(lease);
                self
            }

            /// The longest time between two looks for events while there are none: a second otherwise.
            pub fn longest_poll(mut self, pause: Duration) -> Self {
                self.worker = self.worker.longest_poll(pause);
                self
            }

            /// The time for which it waits for events at work when it is stopped: 30 seconds otherwise.
            pub fn grace(mut self, time: Duration) -> Self {
                self.worker = self.worker.grace(time);
                self
            }

            /// The time for which completed events are kept, so that they can be replayed: a day otherwise.
            pub fn keep_completed(mut self, time: Duration) -> Self {
                self.worker = self.worker.keep_completed(time);
                self
            }

            /// Stops it from elsewhere, such as a handler of signals.
            pub fn stop_handle(&self) -> StopHandle {
                self.worker.stop_handle()
            }
        }
    };
}

pub(super) use worker_options;
