import Foundation
import TesseraFigures
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The proposals for all classes as a page with pictures: each class, the parts into which it would fall, and where these differ.
public struct TreeReviewPage: Sendable {
  /// One for each class.
  public var proposals: [TreeProposal]
  private let folder: MotifFolder

  /// A page on the classes of a result folder.
  public init(_ proposals: [TreeProposal], folder: MotifFolder) { (self.proposals, self.folder) = (proposals, folder) }

  /// So many standard errors of the mean are the ends of the colour scale of a difference.
  private static let differenceRange = 10.0

  /// Writes the page as one file.
  /// - Throws: `FormatError` where it cannot be written.
  public func write(to path: String, replacing: Bool) throws {
    try AtomicOutput.file(at: path, replacing: replacing, contents: document.page())
  }

  var document: ReportDocument {
    let divided = proposals.count { $0.split != nil }
    var document = ReportDocument(
      title: "Review of the classes",
      headline: divided == 0
        ? proposals.allSatisfy(\.isWithinNoise)
          ? "Every class is one motif within the noise" : "No gap divides any class"
        : "\(divided) of \(proposals.count) classes would be divided")
    document.hasFigureFiles = false
    document.footer = "Tessera \(TesseraVersion.current)"
    document.sections = proposals.map(section)
    return document
  }

  private func section(of proposal: TreeProposal) -> ReportDocument.Section {
    var tiles = [tile(of: proposal.members, caption: "whole class", count: proposal.count)]
    for (number, part) in proposal.partMembers.enumerated() {
      tiles.append(tile(of: part, caption: "part \(proposal.number).\(number + 1)", count: part.count))
    }
    var sheet = ContactSheet(
      tiles: tiles, calibration: folder.calibration, summary: "Averages of class \(proposal.number) and of its parts")
    // One scale of grey for all, so that they can be compared.
    let values = tiles.flatMap { $0.patch.values.filter(\.isFinite) }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    sheet.tiles = tiles.map { tile in
      var tile = tile
      tile.patch = tile.patch.map { high > low ? ($0 - low) / (high - low) : $0 - low }
      return tile
    }
    sheet.contrast = nil
    var blocks: [ReportDocument.Block] = [
      .paragraph(words(of: proposal)),
      .figure(
        .init(
          name(of: proposal, "averages"), title: "Averages", caption: "From the moments, in one scale of grey.",
          sheet.drawing())),
    ]
    if proposal.partMembers.count > 1 {
      let first = proposal.partMembers[0]
      var differences = ContactSheet(
        tiles: proposal.partMembers.enumerated().dropFirst().map { number, part in
          difference(of: part, from: first, caption: "part \(proposal.number).\(number + 1) less \(proposal.number).1")
        }, calibration: folder.calibration, summary: "Differences of the parts of class \(proposal.number)")
      differences.contrast = nil
      blocks.append(
        .figure(
          .init(
            name(of: proposal, "differences"), title: "Differences of the averages",
            caption:
              "Grey: no difference; black and white: \(Number.short(Self.differenceRange, digits: 2)) standard errors, from the "
              + "scatter of the members.", differences.drawing())))
    }
    return .init("Class \(proposal.number): \(proposal.name)", blocks)
  }

  private func name(of proposal: TreeProposal, _ what: String) -> String {
    "class-\(proposal.number.replacing(".", with: "-"))-\(what)"
  }

  private func words(of proposal: TreeProposal) -> String {
    var text = "\(proposal.count) sites"
    if let spread = proposal.spread { text += "; their variance is \(Text.fixed(spread, 2)) times that of the noise" }
    guard let split = proposal.split else {
      return text
        + (proposal.isWithinNoise
          ? ". One motif within the noise." : ". It varies by more than the noise, but no gap divides it.")
    }
    text += ". They would fall into \(proposal.parts.map(String.init).joined(separator: " + ")) \(split.text)"
    if let stability = proposal.stability {
      text +=
        "; \(Number.percent(stability)) of a random half of the members fall into the same parts without the others"
    }
    return text + "."
  }

  /// Mean of the moments of some sites, and their standard errors.
  private func moments(of members: [Int]) -> (mean: [Float], variance: [Float]) {
    let values = folder.moments.values
    let known = members.filter { values.row($0).allSatisfy(\.isFinite) }
    let count = Float(max(1, known.count))
    var mean = [Float](repeating: 0, count: values.columns)
    var variance = mean
    for site in known { for column in 0..<values.columns { mean[column] += values[site, column] / count } }
    for site in known {
      for column in 0..<values.columns {
        let difference = values[site, column] - mean[column]
        variance[column] += difference * difference / (count * max(1, count - 1))
      }
    }
    return (mean, variance)
  }

  private func tile(of members: [Int], caption: String, count: Int) -> ContactSheet.Tile {
    .init(patch: folder.picture(of: moments(of: members).mean), captions: [caption, "\(count) sites"])
  }

  /// The difference of two averages, 0 to 1, one half where there is none.
  private func difference(of part: [Int], from first: [Int], caption: String) -> ContactSheet.Tile {
    let (a, b) = (moments(of: part), moments(of: first))
    let error = zip(a.variance, b.variance).reduce(0) { $0 + Double($1.0 + $1.1) }
    let image = folder.picture(of: zip(a.mean, b.mean).map { $0 - $1 })
    // Moments are orthonormal over the disc: a pixel's variance is the sum of theirs over its area, on average.
    let known = image.values.filter(\.isFinite)
    let power = zip(a.mean, b.mean).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let mean = known.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, known.count))
    let pixelError = power > 0 ? (mean / power * error).squareRoot() : 0
    let limit = Self.differenceRange * max(pixelError, .leastNormalMagnitude)
    return .init(
      patch: image.map { $0.isFinite ? Float(min(max(0, 0.5 + 0.5 * Double($0) / limit), 1)) : .nan },
      captions: [
        caption, "largest \(Text.fixed(Double(known.map(abs).max() ?? 0) / max(pixelError, 1e-30), 0)) errors",
      ])
  }
}

extension TreeSplit {
  /// How it divides, as the end of a sentence: `by invariant features of |q| 0,2,3`.
  public var text: String {
    var way = "by the features of the first run"
    if let features { way = "by \(features.rawValue) features" }
    if let orders = angularOrders { way += " of |q| \(orders.map(String.init).joined(separator: ","))" }
    if let patchSize { way += " of patches of \(patchSize) px" }
    return way
  }
}
