/// The pages of a listing; each is fetched when it is asked for.
public struct PageSequence<Page: Sendable>: AsyncSequence, Sendable {
  public typealias Element = Page
  /// The page after the given one, or the first page; nil when there is none.
  private let next: @Sendable (Page?) async throws -> Page?

  init(next: @escaping @Sendable (Page?) async throws -> Page?) { self.next = next }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let next: @Sendable (Page?) async throws -> Page?
    fileprivate var last: Page?
    fileprivate var isDone = false

    public mutating func next() async throws -> Page? {
      guard !isDone else { return nil }
      let page: Page?
      do {
        page = try await next(last)
      } catch {
        isDone = true
        throw error
      }
      last = page
      isDone = page == nil
      return page
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(next: next) }
}
