/*
{
  "attempt": "Leaves rejections unhandled, and returns.",
  "expect": {"result": "done"}
}
*/
export default async function handler(input, host) {
  Promise.reject(new Error("nobody hears"));
  (async () => { throw null; })();
  return "done";
}
