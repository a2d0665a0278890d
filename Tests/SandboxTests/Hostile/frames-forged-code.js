/*
{
  "attempt": "Throws an error that claims to be another failure by its code.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw Object.assign(new Error("the lock could not be applied"), { code: "not_locked", name: "not_locked" });
}
