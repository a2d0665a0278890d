import LambdaRuntime

// Decodes each event into structures and encodes them again: what a function pays before it does anything.
Lambda.run { _ in TypedHandler { (batch: OrderBatch, _) in batch } }
