"""Accelerators that programs are compiled for where there is none: the compiler's packages, and its words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .cases import LAYOUTS, Layout

# What the compiler for NVIDIA's GPUs is told of a device that it cannot ask; in bytes, and bytes a second.
_GPUS: dict[str, str] = {
    "h100": """
        gpu_device_info {
          cuda_compute_capability { major: 9 minor: 0 }
          core_count: 132 fpus_per_core: 128 clock_rate_ghz: 1.98 threads_per_warp: 32
          threads_per_block_limit: 1024 threads_per_core_limit: 2048
          registers_per_block_limit: 65536 registers_per_core_limit: 65536
          shared_memory_per_block: 49152 shared_memory_per_block_optin: 232448 shared_memory_per_core: 233472
          block_dim_limit_x: 2147483647 block_dim_limit_y: 65535 block_dim_limit_z: 65535
          memory_bandwidth: 3352320000000 l2_cache_size: 52428800 device_memory_size: 84929347584
        }
        platform_name: "CUDA"
        runtime_version { major: 12 minor: 8 patch: 0 }
        dnn_version_info { major: 9 minor: 7 }
        device_description_str: "NVIDIA H100 80GB HBM3"
    """,
}


@dataclass(frozen=True)
class Target:
    """A kind of accelerator.

    Attributes:
      name: of the command and of its files.
      platform: as JAX names it.
      module: what is installed where its compiler is.
      distribution: the package whose version tells the compiler's.
      packages: what to install, for a version of JAX.
      environment: what the compiler needs to work without the device.
      kinds: of devices that can be compiled for, by default.
      layouts: that differ once the compiler has chosen its own.
      lowerings: compiled beside the one that is chosen.
      unit: of the compiler's estimates; a key of the results.
      shown: the unit of tables, and how many of the other it is.
      cost: pattern of an estimate in a program's text.
      ends_the_compiler: peers and cases of sampling that it does not survive.
    """

    name: str
    platform: str
    module: str
    distribution: str
    packages: tuple[str, ...]
    environment: dict[str, str]
    kinds: tuple[str, ...]
    layouts: tuple[Layout, ...]
    lowerings: tuple[str, ...]
    unit: str
    shown: tuple[str, float]
    cost: str
    ends_the_compiler: tuple[tuple[str, str], ...] = ()

    def topology(self, kind: str) -> dict[str, Any]:
        """What describes devices of a kind to ``jax.experimental.topologies.get_topology_desc``."""
        return _TOPOLOGIES[self.name](kind)


TPU = Target(
    name="tpu",
    platform="tpu",
    module="libtpu",
    distribution="libtpu",
    packages=("jax[tpu]=={jax}",),
    # libtpu must not look for a TPU: not in the cloud's metadata, not behind its lock (two compilers may run
    # at once), and it needs a machine type to assume. It writes log files unless told not to.
    environment={
        "JAX_PLATFORMS": "cpu",
        "TPU_SKIP_MDS_QUERY": "1",
        "ALLOW_MULTIPLE_LIBTPU_LOAD": "1",
        "TPU_ACCELERATOR_TYPE": "v5litepod-4",
        "TPU_WORKER_HOSTNAMES": "localhost",
        "TPU_LOG_DIR": "disabled",
    },
    kinds=("v5e", "v6e"),
    # Channels last is the layout of models in JAX; the compiler chooses the one inside the program itself.
    layouts=("channels_last",),
    lowerings=("gather", "matrix"),
    unit="cycles",
    shown=("kilocycles", 1e3),
    cost=r'"estimated_cycles":"(\d+)"',
    # libtpu 0.0.42.1 fails a check of its own (fusion_emitter.cc).
    ends_the_compiler=(("jax.scipy", "volume-4"),),
)

GPU = Target(
    name="gpu",
    platform="cuda",
    module="jax_plugins.xla_cuda12",
    distribution="jax-cuda12-pjrt",
    packages=("jax=={jax}", "jax-cuda12-plugin=={jax}", "jax-cuda12-pjrt=={jax}"),
    environment={
        "JAX_PLATFORMS": "cpu",
        "CUDA_VISIBLE_DEVICES": "-1",
        # Estimates are asked for, and nothing is chosen by trying it out.
        "XLA_FLAGS": "--xla_gpu_collect_cost_model_stats=true --xla_gpu_autotune_level=0 "
        "--xla_gpu_enable_triton_gemm=false",
    },
    kinds=tuple(_GPUS),
    layouts=LAYOUTS,
    lowerings=("gather", "phases", "matrix"),
    unit="microseconds",
    shown=("microseconds", 1.0),
    # Of a kernel's estimates the first; a product of cuBLAS has only one, of the device's greatest speed.
    cost=r'"exec_time_us":([\d.e+-]+)',
)

TARGETS: dict[str, Target] = {target.name: target for target in (TPU, GPU)}

_TOPOLOGIES: dict[str, Callable[[str], dict[str, Any]]] = {
    "tpu": lambda kind: {"platform": "tpu", "topology_name": f"{kind}:2x2"},
    "gpu": lambda kind: {"platform": "cuda", "target_config": _GPUS[kind], "topology": "1x1x1"},
}
