import LambdaRuntime

// Answers with the bytes of the event: what the runtime itself costs.
Lambda.run { _ in RawHandler { event, _ in event } }
