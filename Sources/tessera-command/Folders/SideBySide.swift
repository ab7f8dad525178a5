import Foundation
import Synchronization
import TesseraNumerics

/// Works on several images at a time and ends each in its turn.
///
/// Much of the work on a small image is on one thread, so that images beside one another end sooner than the same threads on one after the
/// other. A result waits for those before it, and whoever holds it begins no other: as many are held as are worked on, however many there
/// are.
enum SideBySide {
  /// Pixels of all images that are worked on at a time: at a stride of 1 their segmentation takes about 1.5 GB.
  private static let pixelLimit = 1 << 23

  /// How many images of so many pixels are worked on at a time: at least one, at most one a thread.
  static func count(pixels: Int) -> Int { max(1, min(Workers.count, pixelLimit / max(1, pixels))) }

  /// - Parameters:
  ///   - count: images at a time, 1 or more; each has its share of the threads.
  ///   - begin: what does not depend on the others. Its messages wait until the image has its turn, if there are several at a time.
  ///   - end: called in the order of the indices, one at a time.
  static func run<Value>(
    _ indices: Range<Int>, count: Int, begin: @escaping (Int) throws -> Value,
    end: @escaping (Int, Result<Value, any Error>) -> Void
  ) {
    guard count > 1, indices.count > 1 else {
      for index in indices { end(index, Result { try begin(index) }) }
      return
    }
    // Nothing but `end` changes what is outside, and that in turn.
    nonisolated(unsafe) let (begin, end) = (begin, end)
    let next = Atomic<Int>(indices.lowerBound)
    let turn = Turn(of: indices.lowerBound)
    let threads = max(1, Workers.count / count)
    concurrentFor(min(count, indices.count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < indices.upperBound else { return }
        let messages = HeldMessages()
        let outcome = Workers.$limit.withValue(threads) {
          Messages.$held.withValue(messages) { Result { try begin(index) } }
        }
        turn.take(by: index) {
          messages.say()
          end(index, outcome)
        }
      }
    }
  }

  /// Lets the holders of successive numbers through in their order.
  private final class Turn: @unchecked Sendable {  // `number` is changed under the lock alone.
    private let changed = NSCondition()
    private var number: Int

    init(of first: Int) { number = first }

    func take(by index: Int, _ body: () -> Void) {
      changed.lock()
      while number != index { changed.wait() }
      changed.unlock()
      body()
      changed.lock()
      number += 1
      changed.broadcast()
      changed.unlock()
    }
  }
}
