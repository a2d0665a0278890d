/*
{
  "attempt": "Makes itself in its own field.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  class Nested { field = new Nested(); }
  new Nested();
}
