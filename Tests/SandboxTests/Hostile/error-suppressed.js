/*
{
  "attempt": "Throws while it disposes of what another error left.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  {
    using resource = { [Symbol.dispose]() { throw new Error("disposing"); } };
    throw new Error("first");
  }
}
