/// A function's handler as the slots see it, whichever its kind.
struct ServedHandler: @unchecked Sendable {  // Used by several threads only when `isSendable`; else it stays with the thread that made it.
  enum Body {
    case buffered((_ event: [UInt8], _ context: LambdaContext) async throws -> [UInt8])
    case streaming((_ event: [UInt8], _ writer: ResponseWriter, _ context: LambdaContext) async throws -> Void)
  }

  let body: Body
  /// True for a handler that may serve several events at a time.
  let isSendable: Bool
  let shutdownHook: ShutdownHook?

  init(_ handler: some LambdaHandler, isSendable: Bool) {
    body = .buffered { try await handler.handle($0, $1) }
    self.isSendable = isSendable
    shutdownHook = handler.shutdownHook
  }

  init(_ handler: some StreamingLambdaHandler, isSendable: Bool) {
    body = .streaming { try await handler.handle($0, $1, $2) }
    self.isSendable = isSendable
    shutdownHook = handler.shutdownHook
  }
}
