/*
{
  "attempt": "Compiles a module of WebAssembly.",
  "expect": {"result": "absent"}
}
*/
export default async function handler(input, host) {
  if (typeof WebAssembly === "undefined") return "absent";
  return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) && "compiled";
}
