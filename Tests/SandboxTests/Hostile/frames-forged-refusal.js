/*
{
  "attempt": "Throws the refusal of a host call, as if it were the host that failed.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw Object.assign(new Error("too many calls"), { code: "host_call_limit" });
}
