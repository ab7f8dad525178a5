import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

/// A hexagonal layer of Gaussian columns, two unlike ones per cell, over part of an image.
private struct Layer {
  var constant = 14.0
  /// In degrees.
  var angle = 17.0
  var offset = Point(0, 0)
  var covers: (Point) -> Bool = { _ in true }
}

private let side = 512

/// Layers under Poisson's noise, as its normal approximation.
private func image(of layers: [Layer], seed: UInt64 = 1) -> Raster<Float> {
  var image = Raster<Float>(width: side, height: side, filling: 1)
  for layer in layers {
    let u = Point(layer.constant, 0).rotated(by: layer.angle * .pi / 180)
    let v = u.rotated(by: .pi / 3)
    for i in -70...70 {
      for j in -70...70 {
        for (part, height) in [(0.0, 20.0), (1.0 / 3, 7)] {
          let place = Point(256, 256) + layer.offset + (Double(i) + part) * u + (Double(j) + part) * v
          guard layer.covers(place) else { continue }
          let (column, row) = (Int(place.x.rounded()), Int(place.y.rounded()))
          for y in (row - 10..<row + 11).clamped(to: 0..<side) {
            for x in (column - 10..<column + 11).clamped(to: 0..<side) {
              let distance = (Point(Double(x), Double(y)) - place).squaredLength
              image[x, y] += Float(height * exp(-distance / (2 * 2.2 * 2.2)))
            }
          }
        }
      }
    }
  }
  var random = RandomSource(seed: seed)
  for index in image.values.indices {
    image.values[index] += image.values[index].squareRoot() * Float(random.gaussian())
  }
  return image
}

private func moire(of layers: [Layer], seed: UInt64 = 1) throws -> Moire {
  try MoireFinder().moire(in: image(of: layers, seed: seed), pixel: Point(1, 1))
}

private func refusal(of layers: [Layer]) -> String {
  do {
    return "found: \(try moire(of: layers).status)"
  } catch { return "\(error)" }
}

struct `A layer that covers part of the image` {
  /// The rim is known to a fifth of a window, which is a fringe of 116 pixels wide.
  private let margin = 23.0

  private func strip(_ share: Double) -> Layer {
    Layer(angle: 23, offset: Point(3, 5), covers: { $0.x < share * Double(side) })
  }

  @Test(.slow, arguments: [0.3, 0.5, 0.8]) func `has its twist measured where it lies`(share: Double) throws {
    for seed in 1...3 {
      let found = try moire(of: [Layer(), strip(share)], seed: UInt64(seed))
      let twist = try #require(found.twist)
      #expect(abs(twist.value * 180 / .pi - 6) < 4 * twist.error * 180 / .pi)
      #expect(twist.error * 180 / .pi < 0.02)
      for strain in [found.exx, found.eyy, found.exy] {
        let strain = try #require(strain)
        #expect(abs(strain.value) < 4 * strain.error)
      }
      #expect(!found.presence.isWhole && abs(found.presence.sharedShare - share) < 0.04)
      let rim = share * Double(side)
      #expect(!found.anchors.isEmpty && found.anchors.allSatisfy { $0.position.x < rim + margin })
      for y in stride(from: 0, to: side, by: 16) {
        for x in stride(from: 0, to: side, by: 16) where abs(Double(x) - rim) > margin {
          #expect((found.domains[x, y] == 0) == (Double(x) > rim))
        }
      }
      let places = stride(from: 5, to: side, by: 10).map { Point(Double($0), 256) }
      let sites = try #require(MoireSites(of: places, in: found, width: side, height: side))
      for (place, own) in zip(places, sites.nearest) where abs(place.x - rim) > margin {
        #expect((own.stacking == nil) == (place.x > rim))
      }
    }
  }

  @Test(.slow)
  func `is unresolved where its part holds too few periods, and seen where the reflections do not show it`()
    throws
  {
    let found = try moire(of: [Layer(), strip(0.2)])
    #expect(found.status == .unresolved && found.twist == nil && found.anchors.isEmpty)
    #expect(found.doubt?.contains("of the image only") ?? false, "\(found.doubt ?? "")")
    #expect(abs(found.presence.sharedShare - 0.2) < 0.04)
  }

  @Test func `covers all of it where it has no end, also if brightness changes`() throws {
    var picture = image(of: [Layer(), Layer(angle: 22, offset: Point(3, 5))])
    for index in picture.values.indices { picture.values[index] *= 0.4 + 1.2 * Float(index % side) / Float(side) }
    let found = try MoireFinder().moire(in: picture, pixel: Point(1, 1))
    #expect(found.presence.isWhole && found.presence.shares.allSatisfy { $0 > 0.98 })
    // The contrast of the layers tells how the brightness changes.
    let field = try #require(BrightnessField(of: found.presence))
    for x in [50.0, 256, 460] {
      let ratio = field.factor(at: Point(x, 256)) / field.factor(at: Point(256, 256))
      #expect(abs(ratio - (0.4 + 1.2 * x / Double(side))) < 0.05, "\(x)")
    }
  }

  @Test(.slow, arguments: [(80.0, 20.0), (100, 12), (150, 5)]) func `is no grain in another one`(
    radius: Double, turn: Double
  ) {
    let middle = Point(256, 256)
    let outer = Layer(covers: { ($0 - middle).length > radius })
    let inner = Layer(angle: 17 + turn, offset: Point(3, 5), covers: { ($0 - middle).length <= radius })
    #expect(refusal(of: [outer, inner]).contains("side by side"))
  }
}

struct `Two layers of other constants` {
  @Test(.slow) func `are seen although their peaks lie near each other`() throws {
    let found = try moire(of: [Layer(), Layer(constant: 14.8, angle: 19.5, offset: Point(3, 5))])
    let twist = try #require(found.twist)
    #expect(abs(twist.value * 180 / .pi - 2.5) < 4 * twist.error * 180 / .pi)
    let mean = abs(try #require(found.exx).value + (try #require(found.eyy).value)) / 2
    // 14.8 / 14 - 1, or 14 / 14.8 - 1 where the wider one is the first.
    #expect(min(abs(mean - 0.8 / 14), abs(mean - 0.8 / 14.8)) < 5e-4)
  }

  @Test func `are refused for that reason where they differ by too much`() {
    let message = refusal(of: [Layer(), Layer(constant: 16, angle: 19, offset: Point(3, 5))])
    #expect(message.contains("constants differ by 14 %"), "\(message)")
  }
}

struct `The fit of waves in some blocks of an image` {
  @Test func `does not know what is in the others`() throws {
    func lattice(_ angle: Double) -> LayerLattice {
      let u = Point(12, 0).rotated(by: angle)
      let g = LatticeVectors(u: u, v: u.rotated(by: 2 * .pi / 3)).reciprocal
      return LayerLattice(first: g.u, second: g.v)
    }
    let (one, two) = (lattice(0.1), lattice(0.22))
    var random = RandomSource(seed: 3)
    var picture = Raster<Float>(width: 256, height: 256, filling: 0)
    for y in 0..<256 {
      for x in 0..<256 {
        let waves = (one.frequencies.prefix(3) + two.frequencies.prefix(3)).reduce(0) {
          $0 + cos(2 * .pi * $1.dot(Point(Double(x), Double(y))))
        }
        picture[x, y] = Float(waves + 0.5 * random.gaussian())
      }
    }
    var fit = LayerFit()
    fit.blocks = 4
    let isUsed = (0..<16).map { $0 % 4 < 2 }
    let plain = try #require(fit.fit(picture, from: [one, two], within: isUsed))
    for y in 0..<256 { for x in 128..<256 { picture[x, y] = Float(100 * random.gaussian()) } }
    let spoilt = try #require(fit.fit(picture, from: [one, two], within: isUsed))
    #expect(plain.lattices == spoilt.lattices)
    #expect((plain.lattices[1].first - two.first).length < 1e-4)
    // Half of the pixels say less than all of them.
    func error(_ outcome: LayerFit.Outcome) -> Double { outcome.errors { [$0.lattices[1].first.x] }[0] }
    #expect(error(plain) == error(spoilt))
  }
}
