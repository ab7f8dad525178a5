import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// For what takes more than half a second, alone and optimised, on one processor: `make quick` leaves it out.
  ///
  /// `swift test` of Swift 6.3 chooses tests by their names only, so a word of the environment stands in for a tag.
  package static var slow: Self {
    .enabled(if: ProcessInfo.processInfo.environment["TESSERA_QUICK"]?.isEmpty ?? true, "slow: `make test` runs it")
  }
}
