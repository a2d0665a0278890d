/*
{
  "attempt": "Sorts within a comparator.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const sort = () => [2, 1].sort(sort);
  sort();
}
