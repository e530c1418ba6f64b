#include "transport/schedule/processes.hpp"
#include "core/contracts.hpp"
#include "core/refusal.hpp"
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <vector>
#ifdef BW_HAS_MPI
#define OMPI_SKIP_MPICXX 1
#include <mpi.h>
#endif

namespace beamwright::processes {

namespace {

int the_rank = 0, the_count = 1;

int number_in(char const* variable) {
    char const* const text = std::getenv(variable);
    return text != nullptr ? std::atoi(text) : 0;
}

/// Processes that a launcher says it has started with this one; 1 without a launcher.
int launched() {
    int const step_tasks = std::getenv("SLURM_PROCID") != nullptr ? number_in("SLURM_STEP_NUM_TASKS") : 0;
    return std::max({1, number_in("OMPI_COMM_WORLD_SIZE"), number_in("PMI_SIZE"), step_tasks});
}

} // namespace

int rank() { return the_rank; }
int count() { return the_count; }

#ifdef BW_HAS_MPI

void join() {
    int const expected = launched();
    if (expected == 1) {
        return;
    }
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &the_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &the_count);
    if (the_count != expected) {
        refuse(fmt::format("the launcher started {} processes, but this one sees {}", expected, the_count),
               "launcher and program do not speak the same protocol; each process would calculate everything",
               "start it with the mpirun of Open MPI, or with srun --mpi=pmix");
    }
}

void leave() {
    if (the_count > 1) {
        MPI_Finalize();
        the_count = 1;
    }
}

void abort(int exit_code) {
    if (the_count > 1) {
        MPI_Abort(MPI_COMM_WORLD, exit_code);
    }
}

bool any(bool mine) {
    int flag = mine ? 1 : 0;
    if (the_count > 1) {
        MPI_Allreduce(MPI_IN_PLACE, &flag, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD);
    }
    return flag != 0;
}

std::int64_t from_first(std::int64_t value) {
    if (the_count > 1) {
        MPI_Bcast(&value, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    }
    return value;
}

void sum_to_first(std::span<std::int64_t> values) {
    if (the_count == 1) {
        return;
    }
    constexpr std::size_t most = std::size_t{1}
                                 << 24; // MPI counts in int; and no second copy of a large tally
    for (std::size_t from = 0; from < values.size(); from += most) {
        auto const length = static_cast<int>(std::min(most, values.size() - from));
        if (the_rank == 0) {
            MPI_Reduce(MPI_IN_PLACE, values.data() + from, length, MPI_INT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
        } else {
            MPI_Reduce(values.data() + from, nullptr, length, MPI_INT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
        }
    }
}

void sum_rows_to_first(std::span<std::int64_t> values, std::span<std::uint8_t> row_used) {
    if (the_count == 1) {
        return;
    }
    BW_EXPECT(!row_used.empty() && values.size() % row_used.size() == 0);
    auto const length = values.size() / row_used.size();
    constexpr std::size_t most = std::size_t{1} << 30;
    for (std::size_t from = 0; from < row_used.size(); from += most) {
        MPI_Allreduce(MPI_IN_PLACE, row_used.data() + from,
                      static_cast<int>(std::min(most, row_used.size() - from)), MPI_UINT8_T, MPI_BOR,
                      MPI_COMM_WORLD);
    }
    std::vector<std::int64_t> packed;
    for (std::size_t row = 0; row < row_used.size(); ++row) {
        if (row_used[row] != 0) {
            auto const first = values.begin() + static_cast<std::ptrdiff_t>(row * length);
            packed.insert(packed.end(), first, first + static_cast<std::ptrdiff_t>(length));
        }
    }
    sum_to_first(packed);
    auto from = packed.begin();
    for (std::size_t row = 0; row < row_used.size(); ++row) {
        if (row_used[row] != 0) {
            std::copy_n(from, length, values.begin() + static_cast<std::ptrdiff_t>(row * length));
            from += static_cast<std::ptrdiff_t>(length);
        }
    }
}

void require_same(std::string const& what, std::string const& text) {
    if (the_count == 1) {
        return;
    }
    auto length = from_first(static_cast<std::int64_t>(text.size()));
    std::string first = text;
    first.resize(static_cast<std::size_t>(length));
    MPI_Bcast(first.data(), static_cast<int>(length), MPI_CHAR, 0, MPI_COMM_WORLD);
    if (first != text) {
        refuse(fmt::format("process {} has another {} than the first", the_rank, what),
               fmt::format("'{}' against '{}'", text, first),
               "all machines need the same program, data and case; --target makes them use the same "
               "instructions");
    }
}

#else

void join() {
    if (int const started = launched(); started > 1) {
        refuse(fmt::format("{} processes were started, but this program was built without MPI", started),
               "each of them would calculate everything and write the same files",
               "install libopenmpi-dev and build again, or start one process with --threads");
    }
}
void leave() {}
void abort(int) {}
bool any(bool mine) { return mine; }
std::int64_t from_first(std::int64_t value) { return value; }
void sum_to_first(std::span<std::int64_t>) {}
void sum_rows_to_first(std::span<std::int64_t>, std::span<std::uint8_t>) {}
void require_same(std::string const&, std::string const&) {}

#endif

} // namespace beamwright::processes
