// Neutron acceptance 6: does a stated uncertainty cover the truth? Many small runs of the generic beam, its bins drawn as
// the capture job draws them; each run's own standard deviation against the mean of all runs.
#include "jobs/capture_setup.hpp"
#include "jobs/capture_trust.hpp"
#include "jobs/physics_check/comparisons.hpp"
#include "jobs/physics_check/neutron_worlds.hpp"
#include "machine/port/port_model.hpp"
#include "transport/engine/neutron_tables.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

namespace {

constexpr std::array<double, 2> shares = {0.6827, 0.95};

struct Component {
    char const* name;
    NeutronVolume NeutronResult::*volume;
};
constexpr std::array<Component, 4> components = {{{"boron", &NeutronResult::boron_per_ppm},
                                                  {"nitrogen", &NeutronResult::nitrogen},
                                                  {"fast", &NeutronResult::fast},
                                                  {"photon", &NeutronResult::photon_induced}}};
struct Place {
    char const* name;
    std::array<int, 3> cell;
};
constexpr std::array<Place, 5> places = {{{"near the axis", {2, 2, 3}},
                                          {"deep", {2, 2, 1}},
                                          {"57 mm off the axis", {1, 1, 2}},
                                          {"80 mm off the axis", {0, 2, 2}},
                                          {"in a far corner", {0, 0, 1}}}};

/// One number of many runs, and what each run states as its standard deviation.
struct Sample {
    std::vector<double> value, sigma;

    double mean() const {
        double sum = 0;
        for (double const v : value) {
            sum += v;
        }
        return sum / static_cast<double>(value.size());
    }
    /// Share of the runs whose mean of all lies within `t` of their standard deviations.
    double covered(double t) const {
        double const truth = mean();
        std::size_t inside = 0;
        for (std::size_t k = 0; k < value.size(); ++k) {
            inside += std::fabs(value[k] - truth) <= t * sigma[k] ? 1U : 0U;
        }
        return static_cast<double>(inside) / static_cast<double>(value.size());
    }
    /// Median of the stated relative standard deviation; 1 counts where a run has nothing.
    double stated() const {
        std::vector<double> relative;
        relative.reserve(value.size());
        for (std::size_t k = 0; k < value.size(); ++k) {
            relative.push_back(value[k] > 0 ? sigma[k] / value[k] : 1.0);
        }
        auto const middle = relative.begin() + static_cast<std::ptrdiff_t>(relative.size() / 2);
        std::nth_element(relative.begin(), middle, relative.end());
        return *middle;
    }
};

/// The demo port's generic beam as `dose --modality bnct` draws it.
PortSource beam_of_the_job() {
    PortSourceOptions drawn;
    drawn.drawn_fast_share = usual_drawn_fast_share;
    Warnings none;
    return prepare_port(find_port("generic_epithermal"), drawn, none).source;
}

/// Place by place, component by component. At least 20 runs, even where --time is over.
std::vector<Sample> samples_of(CaseRunner& run, NeutronRequest& request) {
    auto const wanted = static_cast<std::uint32_t>(run.number("runs"));
    auto const& grid = request.world->grid;
    std::vector<Sample> samples(places.size() * components.size());
    for (std::uint32_t n = 0; n < wanted && (n < 20 || !run.out_of_time()); ++n) {
        request.options.seed = n + 1;
        auto const result = run.neutrons(request);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            auto const& volume = result.*(components.at(i % components.size()).volume);
            auto const& [x, y, z] = places.at(i / components.size()).cell;
            auto const voxel = grid.index(x, y, z);
            samples[i].value.push_back(static_cast<double>(volume.value.values[voxel]));
            samples[i].sigma.push_back(static_cast<double>(volume.sigma.values[voxel]));
        }
    }
    return samples;
}

/// Judged where the product says that its uncertainty can be trusted.
void compare_sample(CaseRunner& run, std::string const& what, Sample const& sample) {
    auto const student_t = run.numbers("student_t");
    auto const n = static_cast<double>(sample.value.size());
    double const stated = sample.stated();
    for (std::size_t level = 0; level < shares.size(); ++level) {
        double const share = shares.at(level);
        double const covered = sample.covered(student_t.at(level));
        Figure const figure{
            .what = fmt::format("{}: coverage of {:.0f} %", what, 100 * share),
            .value = (covered - share) / std::sqrt(share * (1 - share) / n),
            .unit = "binomial sigma",
            .detail = fmt::format("{:.1f} % of {:.0f} runs; stated uncertainties {:.1f} % in the median",
                                  100 * covered, n, 100 * stated),
            .reference = "none needed"};
        if (stated <= trusted_relative_sigma) {
            run.judge(figure, "coverage_sigmas");
        } else {
            run.add(figure);
        }
    }
}

} // namespace

void compare_neutron_coverage(CaseRunner& run) {
    auto const world = neutron_box({5, 5, 4}, {40, 40, 40}, neutron_material("brain"));
    auto request = neutron_request(world, beam_of_the_job(), port_above(100));
    request.tables = tables_for(request);
    auto const histories = run.numbers("histories");
    run.expect_runs(static_cast<std::size_t>(run.number("runs")) * histories.size());
    for (double const each : histories) {
        request.options.stop.histories = static_cast<std::int64_t>(each);
        request.options.batch_histories = static_cast<std::int64_t>(each / run.number("batches"));
        auto const samples = samples_of(run, request);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            compare_sample(run,
                           fmt::format("{:g} neutrons, {} dose {}", each,
                                       components.at(i % components.size()).name,
                                       places.at(i / components.size()).name),
                           samples[i]);
        }
    }
    run.note(fmt::format(
        "Judged where the stated uncertainty is at most {:.0f} %: above, the program says that too "
        "few particles came (docs/methods/neutron_transport.md section 4).",
        100 * trusted_relative_sigma));
}

} // namespace beamwright::physics_check
