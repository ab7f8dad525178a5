/// What a mask that a user brings says of one particle.
public struct MaskLabel: Sendable, Equatable {
  /// The number that the mask has where the particle is; 1 in a mask with one value.
  public var value: Int
  /// Parts of the particle that share no side of a pixel: 1 or more. All of them are measured as one particle.
  public var pieces: Int

  /// - Parameters:
  ///   - value: the number that the mask has where the particle is.
  ///   - pieces: parts that share no side of a pixel, 1 or more.
  public init(value: Int, pieces: Int) { (self.value, self.pieces) = (value, pieces) }

  /// How many labels a sentence names.
  private static let mostNamed = 8

  /// Labels of several pieces, in words for a warning; nil without one.
  static func warning(of particles: [Particle]) -> String? {
    let apart = particles.compactMap { particle in particle.given.map { (id: particle.id, label: $0) } }
      .filter { $0.label.pieces > 1 }
    guard let first = apart.first else { return nil }
    if apart.count == 1 {
      return
        "label \(first.label.value) of the mask (particle \(first.id)) lies in \(first.label.pieces) separate pieces, which are measured as one "
        + "particle: its area, perimeter, axes and class are those of all of them together; give each piece a number of its own if they are particles"
    }
    let names = apart.prefix(mostNamed).map { "\($0.label.value) (\($0.label.pieces), particle \($0.id))" }
    let rest = apart.count - names.count
    return
      "\(apart.count) labels of the mask lie in separate pieces, and the pieces of a label are measured together as one particle: "
      + names.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
      + "; give each piece a number of its own if they are particles"
  }
}
