internal import CQuickJS

/// What a module finds in its global object: the language, without what makes code from text, shares memory, tells the time or depends on when
/// memory is collected.
enum World {
  /// False where there was no memory for it.
  static func make(in context: OpaquePointer) -> Bool {
    // Weak references are left out: when they lose their target depends on the machine, and a run has to be the same on any.
    guard JS_AddIntrinsicBaseObjects(context) == 0, JS_AddIntrinsicDate(context) == 0, JS_AddIntrinsicEval(context) == 0,
      JS_AddIntrinsicRegExp(context) == 0, JS_AddIntrinsicJSON(context) == 0, JS_AddIntrinsicProxy(context) == 0,
      JS_AddIntrinsicMapSet(context) == 0, JS_AddIntrinsicTypedArrays(context) == 0, JS_AddIntrinsicPromise(context) == 0,
      JS_AddIntrinsicAToB(context) == 0
    else { return false }
    let global = JS_GetGlobalObject(context)
    defer { JS_FreeValue(context, global) }
    for name in ["eval", "SharedArrayBuffer", "Atomics"] where !delete(name, of: global, in: context) { return false }
    let math = JS_GetPropertyStr(context, global, "Math")
    defer { JS_FreeValue(context, math) }
    return define("random", on: math, in: context, arguments: 0) { context, _, _, _ in
      JS_NewFloat64(context, ModuleRun.from(context: context).random.nextUnit())
    }
  }

  private static func delete(_ name: String, of object: JSValue, in context: OpaquePointer) -> Bool {
    let atom = JS_NewAtom(context, name)
    defer { JS_FreeAtom(context, atom) }
    return JS_DeleteProperty(context, object, atom, 0) >= 0
  }

  typealias Function = @convention(c) (OpaquePointer?, JSValue, Int32, UnsafeMutablePointer<JSValue>?) -> JSValue

  /// Gives an object a function as the language's own have it; false where there was no memory for it.
  static func define(
    _ name: String, on object: JSValue, in context: OpaquePointer, arguments: Int32, flags: Int32 = JS_PROP_WRITABLE | JS_PROP_CONFIGURABLE,
    _ function: @escaping Function
  ) -> Bool {
    let value = JS_NewCFunction2(context, function, name, arguments, JS_CFUNC_generic, 0)
    guard !JS_IsException(value) else { return false }
    return JS_DefinePropertyValueStr(context, object, name, value, flags) >= 0
  }
}
