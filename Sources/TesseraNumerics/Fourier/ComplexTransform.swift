import CFFTW
import Foundation

/// Fourier transforms of complex numbers of one size (FFTW, single precision, one thread each), unscaled in both directions:
///
///     f(x, y) = Σ F(k, l) exp(2πi (k x / width + l y / height)).
///
/// Transforms may run on several threads at once.
package final class ComplexTransform: @unchecked Sendable {  // Plans are immutable once made; executing them is safe.
  package let width, height: Int
  private let forwardPlan, inversePlan: fftwf_plan

  package init(width: Int, height: Int) {
    precondition(width > 0 && height > 0)
    (self.width, self.height) = (width, height)
    let scratch = UnsafeMutablePointer<fftwf_complex>.allocate(capacity: width * height)
    defer { scratch.deallocate() }
    let (w, h, flags) = (Int32(width), Int32(height), FFTW_ESTIMATE | FFTW_UNALIGNED)
    (forwardPlan, inversePlan) = fourierPlanner.withLock {
      (
        fftwf_plan_dft_2d(h, w, scratch, scratch, FFTW_FORWARD, flags),
        fftwf_plan_dft_2d(h, w, scratch, scratch, FFTW_BACKWARD, flags)
      )
    }
  }

  deinit {
    fourierPlanner.withLock {
      fftwf_destroy_plan(forwardPlan)
      fftwf_destroy_plan(inversePlan)
    }
  }

  /// Puts the spectrum of a function in its place.
  package func forward(_ values: inout [SIMD2<Float>]) { execute(forwardPlan, &values) }

  /// Puts the function of a spectrum in its place.
  package func inverse(inPlace values: inout [SIMD2<Float>]) { execute(inversePlan, &values) }

  /// The function of a spectrum; `values` holds real and imaginary parts, row-major, frequencies 0 ... then negative ones.
  package func inverse(_ values: [SIMD2<Float>]) -> [SIMD2<Float>] {
    var values = values
    inverse(inPlace: &values)
    return values
  }

  private func execute(_ plan: fftwf_plan, _ values: inout [SIMD2<Float>]) {
    precondition(values.count == width * height)
    values.withUnsafeMutableBytes { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: fftwf_complex.self)
      fftwf_execute_dft(plan, base, base)
    }
  }

  /// The smallest number from `count` whose prime factors are 2, 3 and 5, which FFTW likes best.
  package static func convenientSize(from count: Int) -> Int {
    var size = max(1, count)
    while true {
      var rest = size
      for prime in [2, 3, 5] { while rest.isMultiple(of: prime) { rest /= prime } }
      if rest == 1 { return size }
      size += 1
    }
  }
}
