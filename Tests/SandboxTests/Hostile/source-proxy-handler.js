/*
{
  "attempt": "Exports a proxy of a function whose trap throws.",
  "expect": {"failure": "threw", "message": "in the trap"}
}
*/
export default new Proxy(function () {}, { apply() { throw new Error("in the trap"); } });
