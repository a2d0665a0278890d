internal import CQuickJS
internal import Sandbox

/// Makes a failure of what a module threw: which of the named ones it is, what it says, and where it was.
struct FailureText {
  static let mostMessageBytes = 4_000
  static let mostStackBytes = 8_000

  private let run: ModuleRun
  private var context: OpaquePointer { run.context }

  init(_ run: ModuleRun) { self.run = run }

  func failure(of thrown: JSValue, as code: SandboxFailure.Code, _ prefix: String = "") -> SandboxFailure {
    let isError = JS_IsError(thrown)
    // The engine has no memory left for an Error, or could make one just so.
    if quickjs_was_refused_memory(), JS_IsNull(thrown) || JS_IsUndefined(thrown) { return ModuleRun.outOfMemory(run.limits) }
    let name = isError ? property("name", of: thrown, most: 200) ?? "Error" : ""
    let message = isError ? property("message", of: thrown, most: FailureText.mostMessageBytes) ?? "" : ""
    let stack = isError ? ownStack(of: thrown) : nil
    if isError {
      if quickjs_was_refused_memory(), message.utf8.starts(with: "out of memory".utf8) {
        return ModuleRun.outOfMemory(run.limits, stack: stack)
      }
      if (name == "RangeError" && message == "Maximum call stack size exceeded") || (name == "SyntaxError" && message == "stack overflow") {
        return SandboxFailure(
          .recursionLimit,
          "the module's calls are nested deeper than its stack of \(run.limits.stackBytes) bytes allows: recur less, or raise stackBytes",
          stack: stack)
      }
    }
    guard isError else { return SandboxFailure(code, prefix + "a value that is no Error was thrown: " + description(of: thrown)) }
    var text = message.isEmpty ? name : "\(name): \(message)"
    if let errorCode = property("code", of: thrown, most: 200) { text += " (\(errorCode))" }
    return SandboxFailure(code, prefix + text, stack: stack)
  }

  /// A property that is a string. It may run code of the module, within its limits.
  private func property(_ name: String, of value: JSValue, most: Int) -> String? {
    let property = JS_GetPropertyStr(context, value, name)
    defer { JS_FreeValue(context, property) }
    guard !JS_IsException(property) else {
      JS_FreeValue(context, JS_GetException(context))
      return nil
    }
    guard JS_IsString(property) else { return nil }
    return run.text(property, most: most)
  }

  /// The names of files in it are modules' names: the engine knows no others.
  private func ownStack(of error: JSValue) -> String? {
    let value = quickjs_stack(context, error)
    defer { JS_FreeValue(context, value) }
    return FailureText.stack(value, in: run)
  }

  /// A stack trace without the line's end behind it; nil where there is none.
  static func stack(_ value: JSValue, in run: ModuleRun) -> String? {
    guard JS_IsString(value), let stack = run.text(value, most: FailureText.mostStackBytes) else { return nil }
    let end = stack.utf8.lastIndex { $0 != UInt8(ascii: "\n") }
    return end.map { String(stack[...$0]) }
  }

  private func description(of value: JSValue) -> String {
    if JS_IsObject(value) {
      // Such as a DOMException, which is what atob throws.
      if let message = property("message", of: value, most: FailureText.mostMessageBytes), !message.isEmpty {
        return property("name", of: value, most: 200).map { "\($0): \(message)" } ?? message
      }
      let json = JS_JSONStringify(context, value, quickjs_undefined(), quickjs_undefined())
      defer { JS_FreeValue(context, json) }
      if JS_IsException(json) {
        JS_FreeValue(context, JS_GetException(context))
      } else if JS_IsString(json), let text = run.text(json, most: FailureText.mostMessageBytes) {
        return text
      }
    }
    if JS_IsSymbol(value) { return "a symbol" }
    return run.text(value, most: FailureText.mostMessageBytes) ?? "one that has no description"
  }
}
