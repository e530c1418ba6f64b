/// The first CUDA device of this machine, where the program has been built with CUDA (BW_CUDA).
#pragma once
#include "transport/cuda/device.hpp"
#include <memory>
#include <string>

namespace beamwright {

/// Why there is none to calculate on; empty if there is one.
std::string why_no_cuda_device();
/// \throws Refusal with that reason
std::shared_ptr<Device> open_cuda_device();

} // namespace beamwright
