/*
{
  "attempt": "Returns a list with holes and with members that are no elements.",
  "expect": {"result": [1, null, 3]}
}
*/
export default async function handler(input, host) {
  const list = [1, , 3];
  list.extra = "lost";
  return list;
}
