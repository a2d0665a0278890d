/*
{
  "attempt": "Disposes of, moves and fills a stack of resources from within its own disposal.",
  "expect": {"result": [100, true]}
}
*/
export default async function handler(input, host) {
  const stack = new DisposableStack();
  let disposed = 0;
  for (let i = 0; i < 100; i++) stack.defer(() => {
    disposed++;
    for (const act of [
      () => stack.dispose(),
      () => stack.move(),
      () => stack.defer(() => {}),
      () => stack.use(null),
    ]) { try { act(); } catch (error) {} }
  });
  stack.dispose();
  return [disposed, stack.disposed];
}
