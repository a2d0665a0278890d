internal import JSON

/// The Extensions API: register, the events INVOKE and SHUTDOWN, and errors.
extension RuntimeAPIMachine {
  mutating func register(_ connection: ConnectionID, _ request: Incoming) {
    func refuse(_ type: String, _ message: String) { emit(.reply(connection, .error(403, type, message))) }
    guard let name = request.request.extensionName, !name.isEmpty else {
      return refuse("Extension.InvalidExtensionName", "Empty extension name")
    }
    guard let body = try? JSONValue(parsing: request.body), body.objectValue != nil, let events = Self.events(body["events"]) else {
      return refuse("InvalidRequestFormat", "the body is no JSON object with 'events', a list of strings")
    }
    let isExternal = configuration.externalExtensions.contains(name)
    for event in events.sorted() {
      guard event == "INVOKE" || event == "SHUTDOWN" else { return refuse("Extension.InvalidEventType", "\(event): Invalid event type") }
      guard isExternal || event != "SHUTDOWN" else {
        return refuse("Extension.InvalidEventType", "\(event): Event not supported for internal extensions")
      }
    }
    guard case .initializing = phase, !hasAskedForEvent else {
      return refuse("Extension.RegistrationClosed", "Extension registration closed already")
    }
    guard !extensions.contains(where: { $0.name == name }) else {
      return refuse("Extension.InvalidExtensionState", "Extension with this name already registered")
    }
    guard extensions.count < Self.extensionLimit else {
      return refuse("Extension.TooManyExtensions", "Extension limit (\(Self.extensionLimit)) reached")
    }
    let identifier = makeID()
    extensions.append(Extension(identifier: identifier, name: name, isExternal: isExternal, events: events))
    var answer: JSONObject = [
      "functionName": .string(configuration.name), "functionVersion": .string(configuration.version),
      "handler": .string(configuration.handler),
    ]
    if request.request.extensionFeatures?.contains("accountId") == true { answer["accountId"] = .string(configuration.accountID) }
    emit(
      .reply(
        connection, Reply(status: 200, fields: ["Lambda-Extension-Identifier: \(identifier)"], body: JSONValue.object(answer).bytes)))
    if isExternal { startProgramWhenExtensionsAreThere() }
  }

  private static func events(_ value: JSONValue?) -> Set<String>? {
    guard let value, !value.isNull else { return [] }
    guard let list = value.arrayValue else { return nil }
    let names = list.compactMap(\.stringValue)
    return names.count == list.count ? Set(names) : nil
  }

  /// The extension that a request comes from; nil, and refused, when it names none.
  private mutating func identify(_ connection: ConnectionID, _ request: RuntimeAPIRequest) -> Int? {
    guard let identifier = request.extensionIdentifier else {
      emit(.reply(connection, .error(403, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")))
      return nil
    }
    guard let index = extensions.firstIndex(where: { $0.identifier == identifier }) else {
      emit(.reply(connection, .error(403, "Extension.UnknownExtensionIdentifier", "Unknown extension \(identifier)")))
      return nil
    }
    return index
  }

  mutating func nextExtensionEvent(_ connection: ConnectionID, _ request: RuntimeAPIRequest, _ now: Int64) {
    guard let index = identify(connection, request) else { return }
    extensions[index].waiting = connection
    if case .stopping = phase { return }
    for one in active.indices { active[one].busyExtensions.remove(extensions[index].identifier) }
    completeWhenAllAreDone(now)
    advance(now)
  }

  mutating func extensionFailed(_ connection: ConnectionID, _ request: Incoming, _ now: Int64) {
    guard let index = identify(connection, request.request) else { return }
    guard let type = request.request.errorType else {
      return emit(.reply(connection, .error(403, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")))
    }
    let name = extensions[index].name
    emit(.reply(connection, .accepted))
    let failure = FunctionFailure(
      kind: .exit, type: request.request.route == .extensionExitError ? "Extension.ExitError" : "Extension.InitError",
      body: Self.errorBody(type, "the extension \(name) has failed: \(type)"))
    switch phase {
    case .initializing, .ready:
      initializationFailure = initializationFailure ?? failure
      for one in active.indices { settle(one, .failure(failure), at: now) }
      stopProgram(.failure, now)
    default: break
    }
  }

  /// Tells those who want to know of it of an event that has been handed out.
  mutating func tellExtensions(of index: Int, _ deadlineMilliseconds: Int64) {
    let invocation = active[index].invocation
    for one in extensions.indices where extensions[one].events.contains("INVOKE") {
      guard let connection = extensions[one].waiting else { continue }
      extensions[one].waiting = nil
      active[index].busyExtensions.insert(extensions[one].identifier)
      var event: JSONObject = [
        "eventType": "INVOKE", "deadlineMs": .number(deadlineMilliseconds), "requestId": .string(invocation.requestID),
        "invokedFunctionArn": .string(configuration.arn),
      ]
      if let trace = invocation.traceHeader { event["tracing"] = ["type": "X-Amzn-Trace-Id", "value": .string(trace)] }
      emit(
        .reply(
          connection,
          Reply(status: 200, fields: ["Lambda-Extension-Event-Identifier: \(makeID())"], body: JSONValue.object(event).bytes)))
    }
  }

  static func shutdownEvent(_ reason: ShutdownReason, deadlineMilliseconds: Int64) -> Reply {
    let event: JSONValue = [
      "eventType": "SHUTDOWN", "deadlineMs": .number(deadlineMilliseconds), "shutdownReason": .string(reason.rawValue),
    ]
    return Reply(status: 200, body: event.bytes)
  }
}
