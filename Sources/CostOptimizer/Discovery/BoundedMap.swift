extension Array where Element: Sendable {
  /// The results of `body` for the elements, in their order, with at most `limit` under way at a time.
  ///
  /// A cancelled task begins no further element; elements without a result are left out.
  func mapBounded<Output: Sendable>(limit: Int, _ body: @escaping @Sendable (Element) async -> Output) async -> [Output] {
    await withTaskGroup(of: (Int, Output).self) { group in
      var results: [Int: Output] = [:]
      for (index, element) in enumerated() {
        if index >= limit, let (done, output) = await group.next() { results[done] = output }
        if Task.isCancelled { break }
        group.addTask { (index, await body(element)) }
      }
      for await (done, output) in group { results[done] = output }
      return results.keys.sorted().compactMap { results[$0] }
    }
  }
}
