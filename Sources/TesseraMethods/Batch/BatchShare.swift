/// One of several runs that share the images of a batch: of `count` runs the one with this number.
public struct BatchShare: Sendable, Equatable {
  /// From 1 to `count`.
  public let number: Int
  /// How many runs share the images, 1 or more.
  public let count: Int
  /// As many as a batch may have images.
  public static let largest = 1_000_000

  /// Nil where there is no such run.
  public init?(_ number: Int, of count: Int) {
    guard 1...Self.largest ~= count, 1...count ~= number else { return nil }
    (self.number, self.count) = (number, count)
  }

  /// Whether the image at a place of `batch.json`, counted from 0, falls to this run: every `count`-th one does.
  public func holds(_ index: Int) -> Bool { Self.number(of: index, amongst: count) == number }

  static func number(of index: Int, amongst count: Int) -> Int { index % count + 1 }
}
