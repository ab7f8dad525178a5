import Dispatch
import Foundation
import Synchronization

/// How many threads the parallel loops use. Results never depend on it.
///
/// The limit belongs to the work and not to the program, so that two jobs of one process may differ in it:
///
///     let result = try Workers.$limit.withValue(1) { try Analysis().result(on: micrograph) }
public enum Workers {
  /// The most threads of one parallel loop, 1 or more; nil stands for all processors.
  ///
  /// Tasks hand it to their child tasks. The loops of this package hand it to the threads that they run on, which
  /// belong to no task, so that a loop inside a loop sees the same limit.
  @TaskLocal public static var limit: Int?

  /// The processors that this process may use, asked for once: the question is a system call.
  private static let processors = ProcessInfo.processInfo.activeProcessorCount

  /// Threads that a loop started here may use: 1 or more.
  public static var count: Int { max(1, limit ?? processors) }
}

/// Calls `body(0) ... body(count - 1)`, on several threads, in any order. Each call must write its own memory only.
@usableFromInline package func concurrentFor(_ count: Int, _ body: @Sendable (Int) -> Void) {
  let threads = count > 1 ? min(Workers.count, count) : 1
  guard threads > 1 else {
    for index in 0..<count { body(index) }
    return
  }
  let next = Atomic<Int>(0)
  let (limit, signal) = (Workers.limit, StopSignal.current)
  guard limit != nil || signal != nil else {
    DispatchQueue.concurrentPerform(iterations: threads) { _ in drain(next, count, body) }
    return
  }
  // Dispatch's threads belong to no task and inherit nothing from this one.
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    Workers.$limit.withValue(limit) { StopSignal.$current.withValue(signal) { drain(next, count, body) } }
  }
}

/// Calls `body` with each index below `count` that no other thread has taken from `next`.
private func drain(_ next: borrowing Atomic<Int>, _ count: Int, _ body: @Sendable (Int) -> Void) {
  while true {
    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
    if index >= count { return }
    body(index)
  }
}

/// The values `transform(0) ... transform(count - 1)` in index order, computed on several threads.
@inlinable package func concurrentMap<Value>(count: Int, _ transform: @Sendable (Int) -> Value) -> [Value] {
  [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
    nonisolated(unsafe) let values = buffer  // Each element is initialised by one call.
    concurrentFor(count) { values.initializeElement(at: $0, to: transform($0)) }
    initialized = count
  }
}

/// Splits `0..<count` into ranges of `size` (the last may be shorter) and maps each; results in order.
///
/// The ranges depend on `size` alone, so sums over their results are the same on any number of threads.
@inlinable package func concurrentMap<Value>(
  chunksOf size: Int, of count: Int, _ transform: @Sendable (Range<Int>) -> Value
) -> [Value] {
  concurrentMap(count: (count + size - 1) / size) { transform($0 * size..<min(count, ($0 + 1) * size)) }
}

/// Makes a raster row by row on several threads; `fill` gets the row's index and its pixels, set to `zero`.
@inlinable package func concurrentRows<Sample: BitwiseCopyable & Sendable>(
  width: Int, height: Int, of zero: Sample, band: Int = 16,
  _ fill: @Sendable (Int, inout MutableSpan<Sample>) -> Void
) -> Raster<Sample> {
  let values = [Sample](unsafeUninitializedCapacity: width * height) { buffer, count in
    nonisolated(unsafe) let pixels = buffer  // Rows do not overlap.
    concurrentFor((height + band - 1) / band) { index in
      for y in index * band..<min(height, (index + 1) * band) {
        let line = pixels.extracting(y * width..<(y + 1) * width)
        line.initialize(repeating: zero)  // First touch on the core that writes.
        var row = line.mutableSpan
        fill(y, &row)
      }
    }
    count = width * height
  }
  return Raster(width: width, height: height, values: values)
}
