variable "name" {
  description = "Name of the repository."
  type        = string

  validation {
    condition     = can(regex("^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$", var.name)) && length(var.name) >= 2 && length(var.name) <= 256
    error_message = "A repository is named by 2 to 256 lower-case letters and digits, with single '.', '_', '-' or '/' between them."
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

variable "untagged_days" {
  description = "Days until an image without a tag expires."
  type        = number
  default     = 7

  validation {
    condition     = var.untagged_days >= 1 && floor(var.untagged_days) == var.untagged_days
    error_message = "A whole number of days, one or more."
  }
}
