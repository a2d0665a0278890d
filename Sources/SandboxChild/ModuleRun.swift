internal import CQuickJS
internal import CSandboxLock
internal import Glibc
internal import JSON
internal import Sandbox

/// One module in its engine, from its source to its result. There is one in a process, and the process ends with it.
///
/// The engine's own functions do the parsing, the writing and the settling of promises; nothing that a module can replace takes part in what
/// goes over the pipes.
final class ModuleRun {
  let begin: BeginFrame
  let limits: EngineLimits
  let runtime: OpaquePointer
  let context: OpaquePointer
  var random: RandomSource
  /// The functions that settle the promises of calls under way, by call id.
  private var calls: [PendingCall?] = []
  private var unansweredCalls = 0
  /// Frames that came while the module waited for `now`, in their order.
  private var earlyFrames: [Frame] = []
  var hostCalls = 0
  var logBytes = 0
  private var module = quickjs_undefined()
  private let cpuEnd: UInt64
  private var isEnding = false

  private struct PendingCall {
    let resolve: JSValue
    let reject: JSValue
  }

  init(_ begin: BeginFrame, _ limits: EngineLimits) {
    self.begin = begin
    self.limits = limits
    random = RandomSource(seed: begin.randomSeed)
    cpuEnd = sandbox_lock_cpu_nanoseconds() + UInt64(limits.cpuMilliseconds) * 1_000_000
    quickjs_freeze_time(begin.nowMilliseconds)
    guard let runtime = quickjs_new_runtime(limits.memoryBytes), let context = JS_NewContextRaw(runtime) else {
      Pipes.finish(ModuleRun.outOfMemory(limits))
    }
    self.runtime = runtime
    self.context = context
    JS_SetMaxStackSize(runtime, limits.stackBytes)
    let this = Unmanaged.passUnretained(self).toOpaque()
    JS_SetContextOpaque(context, this)
    JS_SetInterruptHandler(runtime, { _, this in ModuleRun.from(this).mayGoOn() ? 0 : 1 }, this)
    quickjs_forbid_imports(runtime)
    guard World.make(in: context) else { Pipes.finish(ModuleRun.outOfMemory(limits)) }
  }

  static func from(_ opaque: UnsafeMutableRawPointer?) -> ModuleRun {
    guard let opaque else { _exit(1) }
    return Unmanaged<ModuleRun>.fromOpaque(opaque).takeUnretainedValue()
  }

  static func from(context: OpaquePointer?) -> ModuleRun { from(JS_GetContextOpaque(context)) }

  // MARK: The end

  /// Asked by the engine every few thousand steps.
  private func mayGoOn() -> Bool {
    if sandbox_lock_cpu_nanoseconds() < cpuEnd {
      quickjs_collect_when_short(runtime)
      return true
    }
    end(.cpuLimit, "the module took its \(limits.cpuMilliseconds) ms of processor time and was not done: do less, or raise cpuMilliseconds")
  }

  /// Ends the run from within: nothing of the module runs after this.
  func end(_ code: SandboxFailure.Code, _ message: String) -> Never {
    var stack: String?
    // Looking for the stack may meet a limit itself.
    if !isEnding {
      isEnding = true
      stack = FailureText.stack(quickjs_backtrace(context), in: self)
    }
    Pipes.finish(SandboxFailure(code, message, stack: stack))
  }

  static func outOfMemory(_ limits: EngineLimits, stack: String? = nil) -> SandboxFailure {
    SandboxFailure(
      .memoryLimit, "the module needs more than its \(limits.memoryBytes) bytes of memory: keep less at once, or raise memoryBytes",
      stack: stack)
  }

  /// Ends the run with what was thrown.
  func endWithException(as code: SandboxFailure.Code, _ prefix: String = "") -> Never {
    endWith(JS_GetException(context), as: code, prefix)
  }

  private func endWith(_ thrown: JSValue, as code: SandboxFailure.Code, _ prefix: String = "") -> Never {
    Pipes.finish(FailureText(self).failure(of: thrown, as: code, prefix))
  }

  // MARK: The module

  /// Compiles the module; what is no module ends the process.
  func compile(_ source: Frame) {
    if strlen(source.text) != source.payload.count { Pipes.finish(SandboxFailure(.compileError, "the module's source has a zero byte")) }
    module = begin.moduleName.withCString { name in
      quickjs_compile_module(context, source.text, source.payload.count, name)
    }
    guard !JS_IsException(module) else { endWithException(as: .compileError) }
    guard quickjs_has_default_export(context, quickjs_module(module)) else {
      Pipes.finish(
        SandboxFailure(.compileError, "the module has no default export: it needs `export default async function handler(input, host)`"))
    }
    // From here on no text becomes code.
    quickjs_forbid_evaluation(context)
  }

  /// Runs the module's handler and says what became of it.
  func perform(_ input: Frame) -> Never {
    let definition = quickjs_module(module)
    let evaluation = JS_EvalFunction(context, module)
    guard !JS_IsException(evaluation) else { endWithException(as: .threw) }
    _ = settle(evaluation)
    let namespace = JS_GetModuleNamespace(context, definition)
    guard !JS_IsException(namespace) else { endWithException(as: .threw) }
    let handler = JS_GetPropertyStr(context, namespace, "default")
    guard !JS_IsException(handler) else { endWithException(as: .threw) }
    guard JS_IsFunction(context, handler) else {
      Pipes.finish(
        SandboxFailure(.compileError, "the module's default export is no function: it has to be `async function handler(input, host)`"))
    }
    let value = JS_ParseJSON(context, input.text, input.payload.count, "input")
    guard !JS_IsException(value) else { endWithException(as: .protocolViolation, "the input is no JSON: ") }
    input.deallocate()
    guard let host = HostObject.make(for: self) else { endWithException(as: .threw) }
    var arguments = [value, host]
    let returned = JS_Call(context, handler, quickjs_undefined(), 2, &arguments)
    guard !JS_IsException(returned) else { endWithException(as: .threw) }
    if JS_IsPromise(returned) { finish(settle(returned)) }
    // Something with a `then`, or a value: as `await` takes it.
    var functions = [quickjs_undefined(), quickjs_undefined()]
    let promise = JS_NewPromiseCapability(context, &functions)
    guard !JS_IsException(promise) else { endWithException(as: .threw) }
    call(functions[0], with: returned)
    finish(settle(promise))
  }

  private func finish(_ result: JSValue) -> Never {
    if JS_IsUndefined(result) { Pipes.finish(result: "null") }
    let json = JS_JSONStringify(context, result, quickjs_undefined(), quickjs_undefined())
    guard !JS_IsException(json) else { endWithException(as: .invalidResult, "the result cannot be written as JSON: ") }
    guard !JS_IsUndefined(json) else {
      Pipes.finish(SandboxFailure(.invalidResult, "the result is a function or a symbol, which JSON does not have"))
    }
    withJSON(json) { text in
      guard text.count <= limits.outputBytes else {
        Pipes.finish(
          SandboxFailure(
            .outputLimit,
            "the result is \(text.count) bytes of JSON, and \(limits.outputBytes) are allowed: return less, or raise outputBytes"))
      }
      Pipes.finish(result: text)
    } refused: { message in
      Pipes.finish(SandboxFailure(.invalidResult, "the result \(message)"))
    }
    endWithException(as: .memoryLimit)
  }

  // MARK: Promises

  /// Runs what is due until the promise is settled, and returns what it was resolved to. What was not ends the process.
  private func settle(_ promise: JSValue) -> JSValue {
    while true {
      runJobs()
      switch JS_PromiseState(context, promise) {
      case JS_PROMISE_FULFILLED: return JS_PromiseResult(context, promise)
      case JS_PROMISE_REJECTED: endWith(JS_PromiseResult(context, promise), as: .threw)
      default: break
      }
      guard unansweredCalls > 0 else {
        if quickjs_was_refused_memory() { Pipes.finish(ModuleRun.outOfMemory(limits)) }
        Pipes.finish(
          SandboxFailure(
            .neverSettles,
            "the handler waits for something that cannot happen: nothing is left to run, and no call to the host is under way"))
      }
      deliver(earlyFrames.isEmpty ? Pipes.readFrame(largest: limits.largestFrame) : earlyFrames.removeFirst())
    }
  }

  private func runJobs() {
    var ranIn: OpaquePointer?
    while true {
      let outcome = JS_ExecutePendingJob(runtime, &ranIn)
      if outcome == 0 { return }
      if outcome < 0 { endWithException(as: .threw) }
    }
  }

  private func call(_ function: JSValue, with argument: JSValue) {
    var arguments = [argument]
    let returned = JS_Call(context, function, quickjs_undefined(), 1, &arguments)
    guard !JS_IsException(returned) else { endWithException(as: .threw) }
    JS_FreeValue(context, returned)
  }

  // MARK: Calls

  /// Counts one call or log line; what is too many ends the process.
  func countHostCall() {
    hostCalls += 1
    if hostCalls > limits.hostCalls {
      end(
        .hostCallLimit,
        "the module called the host more than its \(limits.hostCalls) times, log lines included: call it less, or raise hostCalls")
    }
  }

  /// A new call's id and promise, or nil with an exception pending.
  func beginCall() -> (id: UInt32, promise: JSValue)? {
    var functions = [quickjs_undefined(), quickjs_undefined()]
    let promise = JS_NewPromiseCapability(context, &functions)
    guard !JS_IsException(promise) else { return nil }
    calls.append(PendingCall(resolve: functions[0], reject: functions[1]))
    unansweredCalls += 1
    return (UInt32(calls.count), promise)
  }

  private func deliver(_ frame: Frame) {
    let index = Int(frame.header.id) - 1
    guard calls.indices.contains(index), let call = calls[index] else {
      Pipes.finish(SandboxFailure(.protocolViolation, "the child was sent an answer to call \(frame.header.id), which is not under way"))
    }
    calls[index] = nil
    unansweredCalls -= 1
    switch frame.header.kind {
    case .answer:
      let value = JS_ParseJSON(context, frame.text, frame.payload.count, "answer")
      guard !JS_IsException(value) else { endWithException(as: .protocolViolation, "the answer to call \(frame.header.id) is no JSON: ") }
      self.call(call.resolve, with: value)
      JS_FreeValue(context, value)
    case .refusal:
      let error = refusal(frame)
      self.call(call.reject, with: error)
      JS_FreeValue(context, error)
    default: Pipes.finish(SandboxFailure(.protocolViolation, "the child was sent frame \(frame.header.kindByte) while it ran"))
    }
    JS_FreeValue(context, call.resolve)
    JS_FreeValue(context, call.reject)
    frame.deallocate()
  }

  /// An Error with the refusal's code and message.
  private func refusal(_ frame: Frame) -> JSValue {
    let refusal: HostCallError
    do throws(JSONError) {
      refusal = try HostCallError(json: Array(frame.payload))
    } catch {
      Pipes.finish(SandboxFailure(.protocolViolation, "the refusal of call \(frame.header.id) cannot be read: \(error)"))
    }
    let error = JS_NewError(context)
    guard !JS_IsException(error) else { endWithException(as: .threw) }
    for (name, value) in [("message", refusal.message), ("code", refusal.code)] {
      let flags = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE
      if JS_DefinePropertyValueStr(context, error, name, newString(value), flags) < 0 { endWithException(as: .threw) }
    }
    return error
  }

  /// Waits for the answer to a call of `now`, which is a number; frames for other calls keep until their time.
  func waitForNow() -> JSValue {
    calls.append(nil)
    let id = UInt32(calls.count)
    Pipes.write(.call, id: id, CallFrame(.now).json)
    while true {
      let frame = Pipes.readFrame(largest: limits.largestFrame)
      guard frame.header.id == id else {
        earlyFrames.append(frame)
        continue
      }
      defer { frame.deallocate() }
      guard frame.header.kind == .answer else {
        let error = refusal(frame)
        return JS_Throw(context, error)
      }
      let value = JS_ParseJSON(context, frame.text, frame.payload.count, "answer")
      guard JS_IsException(value) || JS_IsNumber(value) else {
        Pipes.finish(SandboxFailure(.protocolViolation, "the host's time is no number"))
      }
      return value
    }
  }

  // MARK: Texts

  func newString(_ text: String) -> JSValue {
    var text = text
    return text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { JS_NewStringLen(context, $0.baseAddress, $0.count) }
    }
  }

  /// The first bytes of what the value is as a string; nil with no exception pending where it cannot be one.
  func text(_ value: JSValue, most: Int) -> String? {
    var count = 0
    guard let start = JS_ToCStringLen2(context, &count, value, false) else {
      JS_FreeValue(context, JS_GetException(context))
      return nil
    }
    defer { JS_FreeCString(context, start) }
    guard count > most else { return JSONText.string(UnsafeRawBufferPointer(start: start, count: count)) }
    // Not in the middle of a character.
    var end = most
    while end > 0, UInt8(bitPattern: start[end]) & 0xC0 == 0x80 { end -= 1 }
    return JSONText.string(UnsafeRawBufferPointer(start: start, count: end)) + "…"
  }

  /// Hands the bytes of a string that `JS_JSONStringify` made to `body`, without halves of surrogate pairs, and frees the string. What is nested
  /// too deep goes to `refused`. Returns nil, with an exception pending, where there is no memory.
  @discardableResult
  func withJSON<Result>(
    _ json: JSValue, _ body: (UnsafeRawBufferPointer) -> Result, refused: (String) -> Result
  ) -> Result? {
    defer { JS_FreeValue(context, json) }
    var count = 0
    guard let start = JS_ToCStringLen2(context, &count, json, false) else { return nil }
    defer { JS_FreeCString(context, start) }
    let text = UnsafeRawBufferPointer(start: start, count: count)
    let shape = JSONText.shape(of: text)
    guard shape.depth <= HostCall.maximumDepth else {
      return refused("is nested \(shape.depth) levels deep, and \(HostCall.maximumDepth) are allowed")
    }
    guard shape.hasHalves else { return body(text) }
    guard let copy = JSONText.repaired(text) else {
      JS_ThrowOutOfMemory(context)
      return nil
    }
    defer { free(copy.baseAddress) }
    return body(UnsafeRawBufferPointer(copy))
  }
}
