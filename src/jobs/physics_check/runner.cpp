#include "jobs/physics_check/runner.hpp"
#include "tables/material_library.hpp"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace beamwright::physics_check {

ReferenceTable CaseRunner::reference(std::size_t number) const {
    return ReferenceTable(settings_.reference / text_.references.at(number));
}

SpotRequest CaseRunner::spot_request(double energy_MeV) const {
    SpotRequest request;
    request.energy_MeV = energy_MeV;
    request.energy_sigma_MeV = number_or("energy_spread_percent", 0) / 100 * energy_MeV;
    request.x.sigma_mm = request.y.sigma_mm = number_or("sigma_mm", 3);
    request.lateral_mm = number_or("lateral_mm", 400);
    request.voxel_mm = number_or("voxel_mm", 1);
    request.depth_step_mm = number_or("depth_step_mm", 0);
    request.histories = static_cast<std::int64_t>(number_or("histories", 1e5));
    request.seed = settings_.seed;
    request.target = settings_.target;
    double const step_mm = request.depth_step_mm > 0 ? request.depth_step_mm : request.voxel_mm;
    request.slabs = {water_for(energy_MeV, step_mm)};
    return request;
}

void CaseRunner::tell(std::string const& text) {
    if (context_.cancelled != nullptr && context_.cancelled->load()) {
        throw Interrupted("the case was not finished");
    }
    if (context_.progress) {
        auto const all = static_cast<double>(std::max<std::size_t>(runs_done_ + runs_left_, 1));
        context_.progress(std::min(static_cast<double>(runs_done_) / all, 1.0),
                          fmt::format("{}: {}", text_.name, text));
    }
}

std::optional<double> CaseRunner::time_of_next_run() {
    std::optional<double> time_s;
    if (settings_.time_s > 0) {
        double const used = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        auto const left = static_cast<double>(std::max<std::size_t>(runs_left_, 1));
        time_s = std::max(0.05, (settings_.time_s - used) / left);
    }
    ++runs_done_;
    runs_left_ -= runs_left_ > 0 ? 1 : 0;
    return time_s;
}

SpotResult CaseRunner::spot(SpotRequest request) {
    tell(fmt::format("{:g} MeV", request.energy_MeV));
    request.time_s = time_of_next_run();
    request.threads = context_.threads;
    request.cancelled = context_.cancelled;
    auto result = calculate_spot(request, context_.warnings);
    outcome_.histories += static_cast<double>(result.histories);
    outcome_.cpu_s += result.cpu_s;
    outcome_.worst_imbalance = std::max(outcome_.worst_imbalance, std::fabs(result.energy.imbalance()));
    return result;
}

bool CaseRunner::out_of_time() const {
    return settings_.time_s > 0 &&
           std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count() >
               settings_.time_s;
}

DoseResult CaseRunner::dose(DoseRequest request, bool may_be_cut) {
    tell("voxels");
    if (auto const time_s = time_of_next_run(); time_s && may_be_cut) {
        request.options.stop.time_s = time_s;
    }
    request.options.cancelled = context_.cancelled;
    request.options.target = settings_.target;
    if (request.options.threads == 0) {
        request.options.threads = context_.threads;
    }
    auto result = calculate_dose(request, context_.warnings);
    outcome_.histories += static_cast<double>(result.histories);
    outcome_.cpu_s += result.cpu_s;
    outcome_.worst_imbalance = std::max(outcome_.worst_imbalance, std::fabs(result.energy.imbalance()));
    return result;
}

NeutronResult CaseRunner::neutrons(NeutronRequest request) {
    tell(request.port.name);
    (void)time_of_next_run(); // runs whose statistics are the point are not cut; out_of_time() ends the case
    auto& options = request.options;
    options.cancelled = context_.cancelled;
    if (options.batch_histories == 0) {
        options.batch_histories = std::max<std::int64_t>(options.stop.histories.value_or(1000) / 20, 1);
    }
    if (options.threads == 0) {
        options.threads = context_.threads;
    }
    auto result = calculate_neutron_dose(request, context_.warnings);
    outcome_.histories += static_cast<double>(result.histories);
    outcome_.cpu_s += result.cpu_s;
    return result;
}

void CaseRunner::add(Figure figure) {
    if (figure.acceptance == 0) {
        figure.acceptance = acceptance();
    }
    outcome_.figures.push_back(std::move(figure));
}

void CaseRunner::judge(Figure figure, std::string const& key, double of) {
    auto const bar = text_.bar(key);
    figure.bar = bar.at_most + bar.plus_relative * of;
    figure.because = bar.because;
    add(std::move(figure));
}

SpotSlab water_for(double energy_MeV, double step_mm) {
    auto const& water = MaterialLibrary::shipped().named("water");
    static ProtonMaterialTables const tables({water}, WaterStopping::icru90);
    double const range_mm = 10 * water_range_g_per_cm2(tables.view(), energy_MeV);
    return {water, water.density_g_per_cm3, std::ceil((1.2 * range_mm + 20) / step_mm) * step_mm};
}

Curve curve_of(SpotResult const& result) {
    Curve curve;
    for (auto const& point : result.integrated_depth_dose) {
        curve.x.push_back(point.depth_mm);
        curve.y.push_back(point.MeV_per_mm);
        curve.sigma.push_back(point.sigma_MeV_per_mm);
    }
    return curve;
}

double distal_mm(Curve const& curve, double level) {
    std::vector<DepthDosePoint> points;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        points.push_back({.depth_mm = curve.x[i], .MeV_per_mm = curve.y[i]});
    }
    return distal_depth_mm(points, level);
}

double distal_beyond_mm(Curve const& curve, double level, double beyond_mm) {
    Curve rest;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        if (curve.x[i] > beyond_mm) {
            rest.x.push_back(curve.x[i]);
            rest.y.push_back(curve.y[i]);
        }
    }
    return distal_mm(rest, level);
}

double r80_sigma_mm(double r80_mm, double histories, double energy_sigma_rel) {
    // R80 is nearly the median of end points: 1.25 times the standard error of their mean; two thirds arrive
    constexpr double straggling_rel = 0.012, median = 1.25, arriving = 0.66;
    double const spread = std::hypot(straggling_rel, 1.77 * energy_sigma_rel);
    return median * spread * r80_mm / std::sqrt(arriving * std::max(histories, 1.0));
}

double r80_sigma_mm(SpotResult const& result) {
    auto const& curve = result.integrated_depth_dose;
    double const of_ends = r80_sigma_mm(result.r80_mm, static_cast<double>(result.histories));
    DepthDosePoint peak, at;
    for (auto const& point : curve) {
        peak = point.MeV_per_mm > peak.MeV_per_mm ? point : peak;
        at = point.depth_mm <= result.r80_mm ? point : at;
    }
    double const width_mm = distal_depth_mm(curve, 0.75) - distal_depth_mm(curve, 0.85);
    if (!(width_mm > 0)) {
        return of_ends;
    }
    // The bins' noise holds that of the end points
    double const slope = 0.1 * peak.MeV_per_mm / width_mm;
    return std::max(of_ends, std::hypot(0.8 * peak.sigma_MeV_per_mm, at.sigma_MeV_per_mm) / slope);
}

} // namespace beamwright::physics_check
