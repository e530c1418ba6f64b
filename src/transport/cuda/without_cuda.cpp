// Stands in for cuda_device.cu where the program is built without CUDA.
#include "core/refusal.hpp"
#include "transport/cuda/cuda_device.hpp"

namespace beamwright {

std::string why_no_cuda_device() { return "this program was built without CUDA"; }

std::shared_ptr<Device> open_cuda_device() {
    refuse("there is no CUDA device to calculate on", why_no_cuda_device(),
           "use --target scalar, or build where the CUDA toolkit is installed");
}

} // namespace beamwright
