// The engine's main file is compiled here, as a part of this one: what is needed of its inside is not in its header. The other files of the
// engine are compiled by themselves (Package.swift).
#include "CQuickJS.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/time.h>

static struct timeval frozen_time;

static int read_frozen_time(struct timeval *time, void *zone) {
  (void)zone;
  *time = frozen_time;
  return 0;
}

#define gettimeofday read_frozen_time
#include "engine/quickjs.c"
#undef gettimeofday

void quickjs_freeze_time(int64_t milliseconds) {
  int64_t seconds = milliseconds / 1000, rest = milliseconds % 1000;
  if (rest < 0) rest += 1000, seconds--;
  frozen_time = (struct timeval){(time_t)seconds, (suseconds_t)(rest * 1000)};
}

// --- Memory: the engine counts what it asks for; this counts what the C library takes for it, and remembers that there was not enough.

static struct {
  size_t limit, used;
  /// What was used after cycles were looked for.
  size_t collected;
  bool was_refused;
} memory;

// What the C library has beside each piece.
#define OVERHEAD sizeof(size_t)

static bool fits(size_t size) {
  if (size <= memory.limit && memory.used <= memory.limit - size) return true;
  memory.was_refused = true;
  return false;
}

static void *count(void *piece) {
  if (piece == NULL) {
    memory.was_refused = true;
    return NULL;
  }
  memory.used += malloc_usable_size(piece) + OVERHEAD;
  return piece;
}

static void *limited_malloc(void *opaque, size_t size) {
  (void)opaque;
  return fits(size) ? count(malloc(size)) : NULL;
}

static void *limited_calloc(void *opaque, size_t number, size_t size) {
  (void)opaque;
  size_t whole;
  if (__builtin_mul_overflow(number, size, &whole)) whole = SIZE_MAX;
  return fits(whole) ? count(calloc(number, size)) : NULL;
}

static void limited_free(void *opaque, void *piece) {
  (void)opaque;
  if (piece == NULL) return;
  memory.used -= malloc_usable_size(piece) + OVERHEAD;
  free(piece);
}

static void *limited_realloc(void *opaque, void *piece, size_t size) {
  if (piece == NULL) return limited_malloc(opaque, size);
  size_t before = malloc_usable_size(piece);
  if (size > before && !fits(size - before)) return NULL;
  void *moved = realloc(piece, size);
  if (moved == NULL) {
    memory.was_refused = true;
    return NULL;
  }
  memory.used += malloc_usable_size(moved) - before;
  return moved;
}

static size_t usable_size(const void *piece) { return malloc_usable_size((void *)piece); }

JSRuntime *quickjs_new_runtime(size_t memory_bytes) {
  static const JSMallocFunctions functions = {limited_calloc, limited_malloc, limited_free, limited_realloc, usable_size};
  memory.limit = memory_bytes;
  // Where the first arena can grow no more, the C library would make a second one, which takes system calls that are locked away.
  mallopt(M_ARENA_MAX, 1);
  return JS_NewRuntime2(&functions, NULL);
}

bool quickjs_was_refused_memory(void) { return memory.was_refused; }

void quickjs_collect_when_short(JSRuntime *runtime) {
  if (memory.used < memory.limit / 4 * 3 || memory.used < memory.collected + memory.limit / 32) return;
  JS_RunGC(runtime);
  memory.collected = memory.used;
}

// --- The inside

static char *refuse_import(JSContext *context, const char *importer, const char *name, void *opaque) {
  (void)importer, (void)opaque;
  JS_ThrowTypeError(context, "cannot import '%s': a module in the sandbox is one file, and what it may use is an argument of its handler", name);
  return NULL;
}

// The names of modules are asked for before anything is looked for, a module's own name among them.
void quickjs_forbid_imports(JSRuntime *runtime) { JS_SetModuleLoaderFunc(runtime, refuse_import, NULL, NULL); }

void quickjs_forbid_evaluation(JSContext *context) { context->eval_internal = NULL; }

bool quickjs_has_default_export(JSContext *context, JSModuleDef *module) {
  (void)context;
  for (int index = 0; index < module->export_entries_count; index++)
    if (module->export_entries[index].export_name == JS_ATOM_default) return true;
  return false;
}

JSValue quickjs_stack(JSContext *context, JSValue error) {
  if (!JS_IsError(error) || JS_VALUE_GET_OBJ(error)->class_id != JS_CLASS_ERROR) return JS_UNDEFINED;
  JSValue stack = JS_VALUE_GET_OBJ(error)->u.object_data;
  return JS_IsString(stack) ? JS_DupValue(context, stack) : JS_UNDEFINED;
}

JSValue quickjs_backtrace(JSContext *context) {
  // The program may have put a function of its own here.
  JS_FreeValue(context, context->error_prepare_stack);
  JS_FreeValue(context, context->error_stack_trace_limit);
  context->error_stack_trace_limit = JS_NewInt32(context, 20);
  context->error_prepare_stack = JS_UNDEFINED;
  JSValue error = JS_MakeError2(context, JS_PLAIN_ERROR, true, "");
  if (JS_IsException(error)) {
    JS_FreeValue(context, JS_GetException(context));
    return JS_UNDEFINED;
  }
  JSValue stack = quickjs_stack(context, error);
  JS_FreeValue(context, error);
  return stack;
}
