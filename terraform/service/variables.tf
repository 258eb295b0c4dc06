variable "name" {
  description = "Name of the service, and of all that belongs to it."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$", var.name)) && !startswith(lower(var.name), "internal-") && !startswith(lower(var.name), "sg-")
    error_message = "A load balancer is named by up to 32 letters, digits and hyphens, not at the ends, and not as internal-…; a security group not as sg-…."
  }
}

# No default: a service without an image that exists would start tasks that cannot start, for ever.
variable "image" {
  description = "Image with its digest, as ACCOUNT.dkr.ecr.REGION.amazonaws.com/web@sha256:…."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "The image is named by its digest (@sha256:…): a tag may mean another image tomorrow."
  }
}

variable "region" {
  description = "AWS region; that of the environment when null."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that can have them."
  type        = map(string)
  default     = {}
}

variable "container_name" {
  description = "Name of the container in the task definition."
  type        = string
  default     = "app"
}

variable "port" {
  description = "Port that the app listens on."
  type        = number
  default     = 3000

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "A port is a whole number from 1 to 65535."
  }
}

variable "health_path" {
  description = "Path that answers when the app is well. Not one that redirects."
  type        = string
  default     = "/api/health"

  validation {
    condition     = startswith(var.health_path, "/")
    error_message = "A path begins with a slash."
  }
}

variable "health_matcher" {
  description = "Status codes that mean well."
  type        = string
  default     = "200-399"
}

variable "grace_seconds" {
  description = "So long after its start a task may be unhealthy."
  type        = number
  default     = 60
}

variable "deregistration_seconds" {
  description = "So long an old task goes on with the requests that it has."
  type        = number
  default     = 30
}

variable "vpc_id" {
  description = "VPC; the default one of the account when null."
  type        = string
  default     = null
}

variable "subnet_ids" {
  description = "Public subnets of the VPC in two zones at least: for the load balancer, and for tasks without private_subnet_ids."
  type        = list(string)
  default     = []

  validation {
    condition     = (var.vpc_id == null) == (length(var.subnet_ids) == 0)
    error_message = "vpc_id and subnet_ids belong together: give both, or none for the default VPC."
  }
}

variable "private_subnet_ids" {
  description = "Private subnets for the tasks. They need a way out: a NAT gateway, or endpoints."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.private_subnet_ids) == 0 || var.vpc_id != null
    error_message = "The default VPC has no private subnets: give vpc_id and subnet_ids, too."
  }
}

variable "allowed_cidrs" {
  description = "Who may reach the load balancer."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Ranges of addresses, as 10.0.0.0/8."
  }
}

variable "certificate_arn" {
  description = "Certificate of ACM in this region; with one, HTTP is redirected to HTTPS."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:aws[a-z-]*:(?:acm|iam):", var.certificate_arn))
    error_message = "The ARN of a certificate, as arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
}

locals {
  fargate_memory = {
    256   = [512, 1024, 2048]
    512   = range(1024, 4097, 1024)
    1024  = range(2048, 8193, 1024)
    2048  = range(4096, 16385, 1024)
    4096  = range(8192, 30721, 1024)
    8192  = range(16384, 61441, 4096)
    16384 = range(32768, 122881, 8192)
  }
}

variable "cpu" {
  description = "CPU units of a task: 1024 are one vCPU."
  type        = number
  default     = 256

  validation {
    condition     = contains(keys(local.fargate_memory), tostring(var.cpu))
    error_message = "Fargate has 256, 512, 1024, 2048, 4096, 8192 and 16384 CPU units."
  }
}

variable "memory" {
  description = "MiB of memory of a task."
  type        = number
  default     = 512

  validation {
    condition     = contains(lookup(local.fargate_memory, tostring(var.cpu), [var.memory]), var.memory)
    error_message = "Fargate has no task with ${var.memory} MiB and ${var.cpu} CPU units: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html"
  }
}

variable "architecture" {
  description = "That of the image."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "X86_64 or ARM64."
  }
}

variable "min_tasks" {
  description = "Tasks that run at least, and at first."
  type        = number
  default     = 1
}

variable "max_tasks" {
  description = "Tasks that run at most; no autoscaling when it is min_tasks."
  type        = number
  default     = 4

  validation {
    condition     = var.max_tasks >= var.min_tasks && var.min_tasks >= 0
    error_message = "max_tasks is min_tasks or more."
  }
}

variable "cpu_target" {
  description = "Percent of CPU that autoscaling keeps the tasks at."
  type        = number
  default     = 60
}

variable "environment" {
  description = "Variables of the container. No secrets: everyone who may look at the service reads them."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "Variables of the container whose values are secrets: ARNs of Secrets Manager or of SSM parameters."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for arn in values(var.secrets) : can(regex("^arn:aws[a-z-]*:(?:secretsmanager:[^:]+:[^:]+:secret:|ssm:[^:]+:[^:]+:parameter/)", arn))])
    error_message = "ARNs, as arn:aws:ssm:REGION:ACCOUNT:parameter/NAME or arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-xxxxxx."
  }
}

variable "log_retention_days" {
  description = "Days that log lines are kept."
  type        = number
  default     = 30
}

variable "container_insights" {
  description = "More metrics of the cluster, at a price."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "The load balancer cannot be deleted until this is false."
  type        = bool
  default     = false
}

variable "permissions_boundary" {
  description = "ARN of the policy that both roles are bounded by, when who applies may make no other; null for none."
  type        = string
  default     = null
}
