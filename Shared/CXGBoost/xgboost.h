// The part of XGBoost's C API (version 3.2) that is used here. The package that brings the library has no header.
// Source: xgboost/c_api.h of the same version. All int results: 0, or -1 with XGBGetLastError() (thread local).
#ifndef TIDEGATE_XGBOOST_H
#define TIDEGATE_XGBOOST_H

#include <stdint.h>

typedef uint64_t bst_ulong;
typedef void *DMatrixHandle;
typedef void *BoosterHandle;

void XGBoostVersion(int *major, int *minor, int *patch);
const char *XGBGetLastError(void);

int XGDMatrixCreateFromMat_omp(
    const float *data, bst_ulong rows, bst_ulong columns, float missing, DMatrixHandle *out, int threads);
int XGDMatrixSetFloatInfo(DMatrixHandle matrix, const char *field, const float *values, bst_ulong count);
int XGDMatrixFree(DMatrixHandle matrix);

int XGBoosterCreate(const DMatrixHandle matrices[], bst_ulong count, BoosterHandle *out);
int XGBoosterFree(BoosterHandle booster);
int XGBoosterSetParam(BoosterHandle booster, const char *name, const char *value);
int XGBoosterSaveJsonConfig(BoosterHandle booster, bst_ulong *count, const char **out);
int XGBoosterBoostedRounds(BoosterHandle booster, int *out);
int XGBoosterUpdateOneIter(BoosterHandle booster, int iteration, DMatrixHandle training);
int XGBoosterEvalOneIter(
    BoosterHandle booster, int iteration, DMatrixHandle matrices[], const char *names[], bst_ulong count,
    const char **out);
int XGBoosterSetStrFeatureInfo(BoosterHandle booster, const char *field, const char **values, bst_ulong count);
int XGBoosterGetAttr(BoosterHandle booster, const char *key, const char **out, int *found);
int XGBoosterSetAttr(BoosterHandle booster, const char *key, const char *value);

// The call is described by a JSON object; the result belongs to the booster and the calling thread.
int XGBoosterPredictFromDMatrix(
    BoosterHandle booster, DMatrixHandle matrix, const char *configuration, const bst_ulong **shape, bst_ulong *rank,
    const float **result);
int XGBoosterFeatureScore(
    BoosterHandle booster, const char *configuration, bst_ulong *feature_count, const char ***features,
    bst_ulong *rank, const bst_ulong **shape, const float **scores);

int XGBoosterSaveModelToBuffer(
    BoosterHandle booster, const char *configuration, bst_ulong *count, const char **out);
int XGBoosterLoadModelFromBuffer(BoosterHandle booster, const void *bytes, bst_ulong count);

#endif
