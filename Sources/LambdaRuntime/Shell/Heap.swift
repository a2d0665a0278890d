// A function of the C library that Swift's module of it leaves out.
@_silgen_name("mallopt") private func setAllocatorParameter(_ parameter: Int32, _ value: Int32) -> Int32

/// What glibc's allocator does with freed memory.
enum Heap {
  /// M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of <malloc.h>.
  private static let trimThreshold: Int32 = -1
  private static let mapThreshold: Int32 = -3
  /// Bytes; the most that glibc takes for the second.
  private static let most: Int32 = 32 << 20

  /// Keeps the buffers of large events from going back to the kernel, to be faulted in again, page by page, for the next event.
  ///
  /// By itself glibc gives back what is free at the end of the heap once that is twice the largest buffer that it had mapped: a handler that
  /// frees many middling ones pays with a fault for each 4 KB of them, at every event. Lambda counts memory by its peak, which stays what
  /// it is if this is done before the first large buffer.
  static func keepFreedMemory() { _ = isSet }

  private static let isSet = setAllocatorParameter(mapThreshold, most) + setAllocatorParameter(trimThreshold, most) == 2
}
