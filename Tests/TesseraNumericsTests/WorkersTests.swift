import Foundation
import Synchronization
import TesseraNumerics
import Testing

/// How many calls are under way at a time.
private final class Crowd: Sendable {
  private let now = Atomic<Int>(0)
  private let most = Atomic<Int>(0)

  /// Long enough for every thread that is free to come in.
  func visit() {
    most.max(now.wrappingAdd(1, ordering: .relaxed).newValue, ordering: .relaxed)
    usleep(2_000)
    now.wrappingSubtract(1, ordering: .relaxed)
  }

  var largest: Int { most.load(ordering: .relaxed) }
}

struct `The limit of threads` {
  @Test(arguments: [1, 2, 3]) func `is kept by a loop`(limit: Int) {
    let crowd = Crowd()
    Workers.$limit.withValue(limit) { _ = concurrentMap(count: 24) { _ in crowd.visit() } }
    #expect(crowd.largest <= limit)
  }

  @Test func `reaches the loops inside a loop, whichever thread they run on`() {
    let seen = Workers.$limit.withValue(3) {
      concurrentMap(count: 12) { _ in
        usleep(1_000)
        return concurrentMap(count: 4) { _ in Workers.limit } + [Workers.limit]
      }
    }
    #expect(seen.allSatisfy { $0 == [Int?](repeating: 3, count: 5) })
    #expect(Workers.limit == nil)
  }

  @Test func `is another for each task that runs at the same time`() async {
    let crowds = await withTaskGroup(of: (limit: Int, largest: Int).self) { group in
      for limit in [1, 1, 2, 3, 1] {
        group.addTask {
          let crowd = Crowd()
          Workers.$limit.withValue(limit) { _ = concurrentMap(count: 24) { _ in crowd.visit() } }
          return (limit, crowd.largest)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(crowds.count == 5)
    for crowd in crowds { #expect(crowd.largest <= crowd.limit) }
  }

  @Test func `is all processors where none is set, and never less than one`() {
    #expect(Workers.count == ProcessInfo.processInfo.activeProcessorCount)
    #expect(Workers.$limit.withValue(0) { Workers.count } == 1)
  }
}

struct `A signal to stop` {
  @Test func `is heard by the work that has it, on whichever thread`() throws {
    let signal = StopSignal()
    try StopSignal.$current.withValue(signal) { try StopSignal.check() }
    signal.stop()
    let seen = StopSignal.$current.withValue(signal) {
      concurrentMap(count: 12) { _ in
        usleep(1_000)
        return concurrentMap(count: 4) { _ in StopSignal.isStopped } + [StopSignal.isStopped]
      }
    }
    #expect(seen.allSatisfy { !$0.contains(false) })
    #expect(throws: CancellationError.self) { try StopSignal.$current.withValue(signal) { try StopSignal.check() } }
    // Other work goes on.
    #expect(!StopSignal.isStopped)
    try StopSignal.check()
  }
}
