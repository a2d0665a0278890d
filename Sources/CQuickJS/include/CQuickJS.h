// QuickJS-ng for Swift: the engine's own header, what it has only as macros or variadic functions, and what a sandbox needs of its inside.
#pragma once

#if !__has_include("../engine/quickjs.h")
#error "the sources of QuickJS-ng are not here yet: run Scripts/setup.sh apt"
#endif
#include "../engine/quickjs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline JSValue quickjs_undefined(void) { return JS_UNDEFINED; }
static inline JSValue quickjs_null(void) { return JS_NULL; }

/// Compiles an ES module; `source[length]` has to be 0. The result is a module or an exception.
static inline JSValue quickjs_compile_module(JSContext *context, const char *source, size_t length, const char *name) {
  return JS_Eval(context, source, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
}

/// The definition of a value that `quickjs_compile_module` returned.
static inline JSModuleDef *quickjs_module(JSValue module) { return (JSModuleDef *)JS_VALUE_GET_PTR(module); }

/// Throws a TypeError with the text, which is UTF-8.
static inline JSValue quickjs_throw_type_error(JSContext *context, const char *message) {
  return JS_ThrowTypeError(context, "%s", message);
}

/// Every `import`, also at run time, throws a TypeError that says so.
void quickjs_forbid_imports(JSRuntime *runtime);

/// A runtime whose memory is limited to so many bytes, by what the C library really takes for it; NULL when even that is too little. There
/// is one in a process.
JSRuntime *quickjs_new_runtime(size_t memory_bytes);

/// Whether the limit was met: an allocation was refused.
bool quickjs_was_refused_memory(void);

/// Looks for cycles that nothing refers to, when memory is short and some was taken since the last time. The engine itself looks when its memory has
/// grown by half, which may be more than the limit allows.
void quickjs_collect_when_short(JSRuntime *runtime);

/// What the engine takes for the present from now on, in milliseconds since the Unix epoch: `Date` and the seeds of its tables.
void quickjs_freeze_time(int64_t milliseconds);

/// No text is compiled in the context any more: neither by `eval` nor by the constructors of functions of any kind.
void quickjs_forbid_evaluation(JSContext *context);

/// Whether the module exports something as `default`.
bool quickjs_has_default_export(JSContext *context, JSModuleDef *module);

/// The stack trace that the engine gave an Error, whatever the program did to it since: a string, or undefined.
JSValue quickjs_stack(JSContext *context, JSValue error);

/// A string: where the program is, a line a call, innermost first. Runs nothing of the program. Undefined where there is no memory for it.
JSValue quickjs_backtrace(JSContext *context);
