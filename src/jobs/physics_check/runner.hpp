/// What a comparison gets to work with: its case, the reference files, and the engines, whose work is added up.
#pragma once
#include "jobs/context.hpp"
#include "jobs/physics_check/case_text.hpp"
#include "jobs/physics_check/outcome.hpp"
#include "jobs/physics_check/reference.hpp"
#include "transport/engine/transport_tables.hpp"
#include "transport/schedule/calculate_dose.hpp"
#include "transport/schedule/neutron_request.hpp"
#include "transport/schedule/spot.hpp"
#include <chrono>
#include <filesystem>
#include <memory>

namespace beamwright::physics_check {

struct RunSettings {
    std::filesystem::path reference; ///< empty: none
    bool fast = false;
    double time_s = 0; ///< of a case, shared by its runs; 0 = by histories alone
    LaneTarget target = LaneTarget::scalar;
    std::uint32_t seed = 1;
    std::string particle = "proton"; ///< or "neutron": its suite, numbered as its specification
};

class CaseRunner {
public:
    CaseRunner(PhysicsCase const& text, RunSettings const& settings, JobContext& context,
               CaseOutcome& outcome)
        : text_(text), settings_(settings), context_(context), outcome_(outcome),
          start_(std::chrono::steady_clock::now()) {}

    // The case
    double number(std::string const& key) const { return text_.number(key, settings_.fast); }
    double number_or(std::string const& key, double other) const {
        return text_.number_or(key, settings_.fast, other);
    }
    std::vector<double> numbers(std::string const& key) const { return text_.numbers(key, settings_.fast); }
    std::vector<double> numbers_or(std::string const& key, std::vector<double> const& other) const {
        return text_.numbers_or(key, settings_.fast, other);
    }
    std::string word(std::string const& key) const { return text_.word(key, settings_.fast); }
    Bar bar(std::string const& key) const { return text_.bar(key); }
    int acceptance() const { return text_.acceptance.front(); }
    bool fast() const { return settings_.fast; }
    std::vector<std::string> const& references() const { return text_.references; }
    /// The n-th reference of the case text.
    ReferenceTable reference(std::size_t number) const;

    // The engines
    /// A beam into water: energy, sigma, histories and so on from the case's settings where it has them.
    SpotRequest spot_request(double energy_MeV) const;
    /// Of so many runs, the time that --time allows is shared by those still to come.
    void expect_runs(std::size_t runs) { runs_left_ = runs; }
    SpotResult spot(SpotRequest request);
    /// `may_be_cut`: --time may end it early; a run whose statistics are the point must not be
    DoseResult dose(DoseRequest request, bool may_be_cut = true);
    /// Histories of the request's stop rule; twenty batches unless it says otherwise.
    NeutronResult neutrons(NeutronRequest request);
    /// --time is over.
    bool out_of_time() const;

    // What was found
    void add(Figure figure);
    /// Judged by the bar `key` of the case, plus its relative part times `of`.
    void judge(Figure figure, std::string const& key, double of = 0);
    void plot(Plot plot) { outcome_.plots.push_back(std::move(plot)); }
    void note(std::string text) { outcome_.notes.push_back(std::move(text)); }

private:
    /// \throws Interrupted
    void tell(std::string const& text);
    std::optional<double> time_of_next_run();

    PhysicsCase const& text_;
    RunSettings const& settings_;
    JobContext& context_;
    CaseOutcome& outcome_;
    std::chrono::steady_clock::time_point start_;
    std::size_t runs_left_ = 0, runs_done_ = 0;
};

/// Water 20 % and 20 mm deeper than the range, in whole steps.
SpotSlab water_for(double energy_MeV, double step_mm);
Curve curve_of(SpotResult const& result);
/// Depth beyond the maximum at which a curve has fallen to `level` of it, as `spot` reads it.
double distal_mm(Curve const& curve, double level);
/// The same of the part beyond a depth: metal before it would hold the maximum.
double distal_beyond_mm(Curve const& curve, double level, double beyond_mm);
/// Standard error of R80 from the range straggling (1.2 % of the range) of so many protons.
double r80_sigma_mm(double r80_mm, double histories, double energy_sigma_rel = 0);
/// The same of a mono-energetic run from the noise of its bins: in fine ones the maximum and the dose at R80 are uncertain by
/// themselves.
double r80_sigma_mm(SpotResult const& result);

} // namespace beamwright::physics_check
