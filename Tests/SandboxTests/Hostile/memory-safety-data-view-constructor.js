/*
{
  "attempt": "Shrinks a buffer while a view of it is being made.",
  "expect": {"result": "refused"}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 16 });
  const target = function () {}.bind();
  Object.defineProperty(target, "prototype", { get() { buffer.resize(8); return DataView.prototype; } });
  try {
    const view = Reflect.construct(DataView, [buffer, 4096, 4096], target);
    view.setFloat64(4000, 1.5);
    return "written";
  } catch (error) { return "refused"; }
}
