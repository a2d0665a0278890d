/*
{
  "attempt": "Resumes a generator from within itself, and closes it while it runs.",
  "expect": {"result": ["TypeError", "TypeError"]}
}
*/
export default async function handler(input, host) {
  let generator;
  function* reentrant() {
    try { yield generator.next(); } catch (error) { yield error.name; } finally {
      try { generator.return(); } catch (error) { yield error.name; }
    }
  }
  generator = reentrant();
  return [...generator];
}
