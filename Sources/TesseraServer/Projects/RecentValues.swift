import Foundation

/// Values that take long to make: the last few are kept, and what several ask for at once is made once.
actor RecentValues<Value: Sendable> {
  private let capacity: Int
  private var works: [(key: String, work: Task<Value, any Error>)] = []

  init(capacity: Int) { self.capacity = capacity }

  func value(for key: String, _ make: @escaping @Sendable () throws -> Value) async throws -> Value {
    if let place = works.firstIndex(where: { $0.key == key }) {
      works.append(works.remove(at: place))
    } else {
      let work = Task<Value, any Error> {
        // A thread that may wait for parallel loops.
        try await withCheckedThrowingContinuation { continuation in
          DispatchQueue.global().async { continuation.resume(with: Result { try make() }) }
        }
      }
      works.append((key, work))
      if works.count > capacity { works.removeFirst() }
    }
    do { return try await works[works.count - 1].work.value } catch {
      works.removeAll { $0.key == key }
      throw error
    }
  }
}
