import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// The particles of an image that a person should look at, each with the reasons: the doubtful ones first.
public struct ParticleReview: Sendable {
  /// A particle and why it is doubtful, as sentences without a full stop; at least one.
  public struct Entry: Sendable {
    /// The particle.
    public var particle: Particle
    /// Why it is doubtful.
    public var reasons: [String]
  }

  /// The least certain class first.
  public let entries: [Entry]

  /// Below this probability of its class, a particle is looked at.
  private static let sureClass = 0.8
  /// Below this mean of the network's map inside.
  private static let sureMap = 0.8
  /// A diameter whose logarithm lies so many robust standard deviations off the median of the image, if there are at least so many
  /// particles.
  private static let unlike = 4.0
  private static let fewestCompared = 8

  /// What is doubtful among the particles of a result; of a given mask, labels in pieces and what has no class or an unclear one.
  public init(of result: ParticleResult) {
    let touching = Self.touching(in: result.labels)
    let logs = result.particles.map { log($0.measures.equivalentDiameter) }
    let median = logs.isEmpty ? 0 : Statistics.median(logs)
    let spread = logs.isEmpty ? 0 : Statistics.robustDeviation(logs)
    let isFound = result.settings.finder.mask == nil
    var entries: [Entry] = []
    for (particle, size) in zip(result.particles, logs) {
      var reasons: [String] = []
      if let probability = particle.probability, probability < Self.sureClass {
        let ranked = particle.probabilities.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
          .prefix(2)
        let words = ranked.map { "\($0.key.rawValue) \(Text.fixed($0.value, 2))" }
        reasons.append("class unclear: " + words.joined(separator: " or "))
      }
      if let confidence = particle.confidence, confidence < Self.sureMap {
        reasons.append("the network's map is \(Text.fixed(confidence, 2)) on average inside")
      }
      if particle.isBlank { reasons.append("no class: looks like what surrounds it") }
      if let evidence = particle.evidence, evidence <= ParticleFinder.clearEvidence {
        reasons.append(
          "the image changes across the outline by \(Text.fixed(evidence, 1)) standard deviations of the same outline elsewhere"
        )
      }
      if particle.isSmooth { reasons.append("smooth inside, unlike the support around: perhaps a hole") }
      if let pieces = particle.given?.pieces, pieces > 1 {
        reasons.append("its label in the mask lies in \(pieces) separate pieces")
      }
      if isFound, let neighbours = touching[particle.id], !neighbours.isEmpty {
        reasons.append("touches " + neighbours.sorted().map { "particle \($0)" }.joined(separator: ", "))
      }
      if logs.count >= Self.fewestCompared, spread > 0, abs(size - median) > Self.unlike * spread {
        reasons.append(size > median ? "much larger than the others" : "much smaller than the others")
      }
      if !reasons.isEmpty { entries.append(Entry(particle: particle, reasons: reasons)) }
    }
    func certainty(_ entry: Entry) -> Double { entry.particle.probability ?? entry.particle.confidence ?? 1 }
    self.entries = entries.sorted { (certainty($0), $0.particle.id) < (certainty($1), $1.particle.id) }
  }

  /// Of each particle those that share a border with it.
  private static func touching(in labels: Raster<UInt16>) -> [Int: Set<Int>] {
    var touching: [Int: Set<Int>] = [:]
    for y in 0..<labels.height {
      for x in 0..<labels.width where labels[x, y] > 0 {
        for (u, v) in [(x + 1, y), (x, y + 1)] where labels.contains(x: u, y: v) {
          let (a, b) = (Int(labels[x, y]), Int(labels[u, v]))
          guard b > 0, a != b else { continue }
          touching[a, default: []].insert(b)
          touching[b, default: []].insert(a)
        }
      }
    }
    return touching
  }

  /// `review.csv`: `id,x,y,class,probability,reasons`; reasons are separated by semicolons.
  var csv: Data {
    var table = TableWriter(columns: ["id", "x", "y", "class", "probability", "reasons"])
    for entry in entries {
      let particle = entry.particle
      table.add([
        "\(particle.id)", TableWriter.number(particle.measures.centroid.x),
        TableWriter.number(particle.measures.centroid.y), particle.kind?.rawValue ?? "",
        TableWriter.number(particle.probability ?? .nan), TableWriter.cell(entry.reasons.joined(separator: "; ")),
      ])
    }
    return table.data
  }

  /// The same as a table of a report.
  var table: ReportDocument.Table {
    .init(
      columns: [.init("Particle", isNumeric: true), .init("Why")],
      rows: entries.map {
        [.init("\($0.particle.id)", value: Double($0.particle.id)), .init($0.reasons.joined(separator: "; "))]
      })
  }
}
