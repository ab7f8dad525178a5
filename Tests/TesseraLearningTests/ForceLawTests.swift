import Foundation
import TesseraLearning
import Testing

struct `Force laws` {
  private let laws: [ForceLaw] = [
    .spreading, .coalescing, .relaxed(alpha: 2, beta: 3, n: 1.5, m: 4), .largeVis, .umap(a: 1.58, b: 0.9),
  ]

  /// UMAP's cross-entropy of a pair is -ln w for neighbours and -ln (1 - w) for others, with w = 1 / (1 + a d²ᵇ). The
  /// force on a point is minus its gradient; the repulsion has the guard 0.001 in the place of d² -> 0.
  @Test(arguments: [0.05, 0.3, 1, 2.5, 20])
  func `of UMAP are the gradient of the fuzzy cross-entropy`(distance: Double) {
    let (a, b, h) = (1.58, 0.9, 1e-6)
    let law = ForceLaw.umap(a: a, b: b)
    func w(_ d: Double) -> Double { 1 / (1 + a * pow(d, 2 * b)) }
    func slope(_ energy: (Double) -> Double) -> Double {
      (energy(distance + h) - energy(distance - h)) / (2 * h)
    }
    // Neighbours: the energy rises with d, and the pull is coefficient x d.
    let pull = law.attraction(squaredDistance: distance * distance) * distance
    #expect(abs(pull - slope { -log(w($0)) }) < 1e-6 * pull)
    let push = law.repulsion(squaredDistance: distance * distance) * distance
    let guarded = -slope { -log(1 - w($0)) } * distance * distance / (distance * distance + 0.001)
    // 1 / (d² + 0.001) is the guarded form of 1 / d²: 1 - w = a d²ᵇ w.
    #expect(abs(push - guarded) < 1e-6 * push)
  }

  @Test(arguments: [0, 0.01, 1, 7, 400])
  func `of UMAP with a = b = 1 are LargeVis's up to constant and guard`(squaredDistance d2: Double) {
    let umap = ForceLaw.umap(a: 1, b: 1)
    if d2 > 0 {
      #expect(abs(umap.attraction(squaredDistance: d2) - ForceLaw.largeVis.attraction(squaredDistance: d2)) < 1e-12)
    }
    let ratio = ForceLaw.largeVis.repulsion(squaredDistance: d2) / umap.repulsion(squaredDistance: d2)
    #expect(abs(ratio - 7 * (d2 + 0.001) / (d2 + 0.1)) < 1e-4 * ratio)  // The guard 0.001 is held in Float.
  }

  @Test func `have the published values`() {
    #expect(ForceLaw.spreading.attraction(squaredDistance: 9) == 0.5)
    #expect(ForceLaw.spreading.repulsion(squaredDistance: 9) == 0.1)
    #expect(ForceLaw.coalescing.attraction(squaredDistance: 9) == 0.5)
    #expect(abs(ForceLaw.coalescing.repulsion(squaredDistance: 9) - 1 / 244.0) < 1e-15)
  }

  @Test func `are finite where two points meet`() {
    for law in laws {
      #expect(law.attraction(squaredDistance: 0).isFinite && law.repulsion(squaredDistance: 0).isFinite)
    }
  }
}
