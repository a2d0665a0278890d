internal import CQuickJS
internal import Glibc
internal import JSON
internal import Sandbox

/// `host`, the handler's second argument: a frozen object without a prototype that has what was granted, and nothing else.
enum HostObject {
  /// The object; nil with an exception pending where there was no memory for it.
  static func make(for run: ModuleRun) -> JSValue? {
    let context = run.context
    let host = JS_NewObjectProto(context, quickjs_null())
    guard !JS_IsException(host) else { return nil }
    var isComplete = true
    func grant(_ name: String, _ arguments: Int32, _ function: @escaping World.Function) {
      isComplete = isComplete && World.define(name, on: host, in: context, arguments: arguments, flags: JS_PROP_ENUMERABLE, function)
      guard isComplete else { return }
      let value = JS_GetPropertyStr(context, host, name)
      if JS_FreezeObject(context, value) < 0 { isComplete = false }
      JS_FreeValue(context, value)
    }
    if run.begin.hasTools { grant("callTool", 2) { HostObject.callTool($0, $2, $3) } }
    for function in run.begin.functions {
      switch function {
      case .converse: grant("converse", 1) { HostObject.converse($0, $2, $3) }
      case .log: grant("log", 0) { HostObject.log($0, $2, $3) }
      case .now: grant("now", 0) { context, _, _, _ in HostObject.now(context) }
      case .random: grant("random", 0) { context, _, _, _ in JS_NewFloat64(context, ModuleRun.from(context: context).random.nextUnit()) }
      }
    }
    guard isComplete, JS_FreezeObject(context, host) >= 0 else { return nil }
    return host
  }

  private static func argument(_ index: Int, _ count: Int32, _ arguments: UnsafeMutablePointer<JSValue>?) -> JSValue {
    guard index < count, let arguments else { return quickjs_undefined() }
    return arguments[index]
  }

  // MARK: Promises of the host

  private static func callTool(_ context: OpaquePointer?, _ count: Int32, _ arguments: UnsafeMutablePointer<JSValue>?) -> JSValue {
    let run = ModuleRun.from(context: context)
    let nameValue = argument(0, count, arguments)
    guard JS_IsString(nameValue), let name = run.text(nameValue, most: HostCall.maximumNameBytes) else {
      return rejected(context, "callTool(name, input) takes the tool's name first, a string")
    }
    return call(run, .callTool, name, argument(1, count, arguments))
  }

  private static func converse(_ context: OpaquePointer?, _ count: Int32, _ arguments: UnsafeMutablePointer<JSValue>?) -> JSValue {
    call(ModuleRun.from(context: context), .converse, nil, argument(0, count, arguments))
  }

  private static func call(_ run: ModuleRun, _ function: HostCall.Function, _ name: String?, _ input: JSValue) -> JSValue {
    let context = run.context
    run.countHostCall()
    // An input that is left out is null.
    let value = JS_IsUndefined(input) ? quickjs_null() : input
    let json = JS_JSONStringify(context, value, quickjs_undefined(), quickjs_undefined())
    guard !JS_IsException(json) else { return rejectedWithException(context) }
    guard !JS_IsUndefined(json) else {
      return rejected(context, "\(function.rawValue): the input is a function or a symbol, which JSON does not have")
    }
    let promise = run.withJSON(json) { text -> JSValue in
      guard text.count <= run.limits.hostCallBytes else {
        run.end(
          .hostCallTooLarge,
          "the input of \(name ?? function.rawValue) is \(text.count) bytes of JSON, and \(run.limits.hostCallBytes) are allowed: send less, or raise hostCallBytes"
        )
      }
      guard let (id, promise) = run.beginCall() else { return rejectedWithException(context) }
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("function", function.rawValue)
      writer.member(ifPresent: "name", name)
      writer.key("input")
      Pipes.write(.call, id: id, writer.bytes, text, [UInt8(ascii: "}")])
      return promise
    } refused: { message in
      rejected(context, "\(function.rawValue): the input \(message)")
    }
    return promise ?? rejectedWithException(context)
  }

  private static func rejected(_ context: OpaquePointer?, _ message: String) -> JSValue {
    _ = quickjs_throw_type_error(context, message)
    return rejectedWithException(context)
  }

  /// A promise that is rejected with what was thrown.
  private static func rejectedWithException(_ context: OpaquePointer?) -> JSValue {
    let error = JS_GetException(context)
    defer { JS_FreeValue(context, error) }
    return JS_NewSettledPromise(context, true, error)
  }

  // MARK: At once

  private static func now(_ context: OpaquePointer?) -> JSValue {
    let run = ModuleRun.from(context: context)
    run.countHostCall()
    return run.waitForNow()
  }

  /// The longest log line, in bytes; the rest of a longer one is cut off.
  private static let longestLine = 64 << 10

  private static func log(_ context: OpaquePointer?, _ count: Int32, _ arguments: UnsafeMutablePointer<JSValue>?) -> JSValue {
    let run = ModuleRun.from(context: context)
    run.countHostCall()
    var message = ""
    for index in 0..<count {
      if index > 0 { message += " " }
      message += text(of: argument(Int(index), count, arguments), in: run)
      if message.utf8.count > longestLine { break }
    }
    if message.utf8.count > longestLine {
      var end = message.utf8.index(message.utf8.startIndex, offsetBy: longestLine)
      while String.Index(end, within: message.unicodeScalars) == nil { end = message.utf8.index(before: end) }
      message = message[..<end] + "…"
    }
    let frame = LogFrame(level: "info", message: message).json
    run.logBytes += frame.count
    if run.logBytes > run.limits.outputBytes {
      run.end(.outputLimit, "the module logged more than its \(run.limits.outputBytes) bytes: log less, or raise outputBytes")
    }
    Pipes.write(.log, frame)
    return quickjs_undefined()
  }

  /// A string as it is, an error as it describes itself, anything else as JSON where it has one.
  private static func text(of value: JSValue, in run: ModuleRun) -> String {
    let context = run.context
    if JS_IsObject(value), !JS_IsError(value), !JS_IsFunction(context, value) {
      let json = JS_JSONStringify(context, value, quickjs_undefined(), quickjs_undefined())
      if JS_IsException(json) {
        JS_FreeValue(context, JS_GetException(context))
      } else {
        defer { JS_FreeValue(context, json) }
        if JS_IsString(json), let text = run.text(json, most: longestLine) { return text }
      }
    }
    if JS_IsSymbol(value) { return "Symbol()" }
    return run.text(value, most: longestLine) ?? "[a value that cannot be shown]"
  }
}
