import Foundation
import TesseraNumerics

/// One particle through a series of images.
public struct ParticleTrack: Sendable, Equatable {
  /// The particle in one image.
  public struct Step: Sendable, Equatable {
    /// Number of the image in the series, from 0.
    public var image: Int
    /// The particle as measured there.
    public var particle: ParticleRecord.Row

    /// A particle in one image of the series.
    public init(image: Int, particle: ParticleRecord.Row) { (self.image, self.particle) = (image, particle) }
  }

  /// How a track begins.
  public enum Beginning: Sendable, Equatable {
    /// It was there in the first image.
    case first
    /// It was not in the image before.
    case appears
    /// It was part of the particle of this track.
    case dividesFrom(Int)
  }

  /// How a track ends.
  public enum Ending: Sendable, Equatable {
    /// It is there in the last image.
    case last
    /// It is not in the next image.
    case vanishes
    /// The border of the next image cuts it.
    case border
    /// In the next image it is part of the particle of this track.
    case joins(Int)
  }

  /// From 1 on, in the order in which tracks begin.
  public var number: Int
  /// One for each image from the first to the last.
  public var steps: [Step]
  /// How the track begins.
  public var beginning: Beginning
  /// How the track ends.
  public var ending: Ending

  /// Images in which another particle has joined this one or a part has left it: the size changes at once there.
  public var breaks: [Int] = []

  /// A particle through some images.
  public init(number: Int, steps: [Step], beginning: Beginning, ending: Ending) {
    (self.number, self.steps, self.beginning, self.ending) = (number, steps, beginning, ending)
  }

  /// The longest part of the track in which nothing joins or leaves the particle.
  private var unbroken: ArraySlice<Step> {
    var (best, start) = (steps[..<0], 0)
    for end in 1...max(1, steps.count) where end == steps.count || breaks.contains(steps[end].image) {
      if end - start > best.count { best = steps[start..<min(end, steps.count)] }
      start = end
    }
    return best
  }

  /// How fast the diameter grows, in pixels per image, with its standard deviation: a line of least squares through the diameters of
  /// the longest part of the track in which nothing joins or leaves the particle. The error is the larger of what the scatter about the line and what the errors of the diameters give. Nil for fewer than three images.
  public var growth: (rate: Double, error: Double)? {
    let steps = unbroken
    guard steps.count >= 3 else { return nil }
    let x = steps.map { Double($0.image) }
    let y = steps.map(\.particle.diameter)
    let (meanX, meanY) = (Statistics.mean(x), Statistics.mean(y))
    let square = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let rate = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / square
    let scatter = zip(x, y).reduce(0) { $0 + pow($1.1 - meanY - rate * ($1.0 - meanX), 2) } / Double(steps.count - 2)
    let measured = steps.reduce(0) { $0 + pow($1.particle.diameterError, 2) } / Double(steps.count)
    return (rate, (max(scatter, measured) / square).squareRoot())
  }
}

extension ParticleTrack.Beginning {
  /// As `tracks.csv` states it.
  var text: String {
    switch self {
    case .first: "first image"
    case .appears: "appears"
    case .dividesFrom(let track): "divides from \(track)"
    }
  }
}

extension ParticleTrack.Ending {
  /// As `tracks.csv` states it.
  var text: String {
    switch self {
    case .last: "last image"
    case .vanishes: "vanishes"
    case .border: "border"
    case .joins(let track): "joins \(track)"
    }
  }
}
